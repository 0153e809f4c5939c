import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { type StartedSubgraph, startSubgraph } from "../../support/start-subgraph.ts";

const person = (id: string): Principal => ({ kind: "person", id, scopes: [], policies: [] });
const amal = person("person-amal");
const omar = person("person-omar");
const noura: Principal = { kind: "operator", id: "operator-noura", scopes: [], policies: [] };

const entities =
  "query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Person { id serviceRequests { totalCount } } ... on ServiceRequest { id status } } }";

describe.each(databases)("a person's requests on $kind", ({ kind }) => {
  let services: StartedSubgraph;
  beforeAll(async () => {
    services = await startSubgraph(subgraph, kind);
  });
  afterAll(() => services[Symbol.asyncDispose]());

  test("come with their services, the latest begun first, by three statements", async () => {
    services.database.statements.length = 0;
    const { data } = await services.ask(
      "{ me { id serviceRequests { totalCount nodes { status submittedAt updatedAt reference service { id name { en } agency { id } } } } } }",
      { principal: amal },
    );
    expect(services.database.statements).toHaveLength(3);
    expect(data.me.id).toBe("person-amal");
    const { totalCount, nodes } = data.me.serviceRequests;
    expect(totalCount).toBe(4);
    expect(nodes.map((node: any) => [node.service.id, node.status])).toEqual([
      ["dha-health-card", "DRAFT"],
      ["dubai-land-department-register-ejari", "IN_REVIEW"],
      ["gdrfa-open-sponsorship-file", "APPROVED"],
      ["rta-renew-vehicle-registration", "APPROVED"],
    ]);
    expect(nodes[0]).toMatchObject({ submittedAt: null, reference: null });
    expect(nodes[1]).toMatchObject({
      submittedAt: "2020-04-19T06:18:00.000Z",
      reference: "DLD-2020-203317",
      service: { agency: { id: "dubai-land-department" } },
    });
  });

  test("can be paged through", async () => {
    const query =
      "query ($after: String) { me { serviceRequests(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }";
    const ask = async (after: string | null) =>
      (await services.ask(query, { principal: amal, variables: { after } })).data.me
        .serviceRequests;
    const first = await ask(null);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = await ask(first.pageInfo.endCursor);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    const ids = [...first.nodes, ...rest.nodes].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  test("are nobody's when nobody is signed in, or an operator is", async () => {
    const query = "{ me { id serviceRequests { totalCount } } }";
    expect((await services.ask(query)).data.me).toBeNull();
    expect((await services.ask(query, { principal: noura })).data.me).toBeNull();
  });

  test.each([
    ["another person", omar, "FORBIDDEN"],
    ["an operator", noura, "FORBIDDEN"],
    ["nobody", undefined, "UNAUTHENTICATED"],
  ])("are not given to %s through an entity", async (_, principal, code) => {
    services.database.statements.length = 0;
    const { data, errors } = await services.ask(entities, {
      ...(principal ? { principal } : {}),
      variables: { representations: [{ __typename: "Person", id: "person-amal" }] },
    });
    expect(data._entities[0]).toEqual({ id: "person-amal", serviceRequests: null });
    expect(errors?.[0]?.extensions.code).toBe(code);
    expect(services.database.statements).toHaveLength(0);
  });

  test("resolve as entities for their own person and are null for others", async () => {
    const own = await services.ask("{ me { serviceRequests { nodes { id } } } }", {
      principal: amal,
    });
    const representations = own.data.me.serviceRequests.nodes.map(({ id }: { id: string }) => ({
      __typename: "ServiceRequest",
      id,
    }));
    const variables = { representations };
    services.database.statements.length = 0;
    const mine = await services.ask(entities, { principal: amal, variables });
    expect(services.database.statements).toHaveLength(1);
    expect(mine.data._entities.map((one: any) => one.id)).toEqual(
      representations.map(({ id }: { id: string }) => id),
    );
    for (const asked of [
      { principal: omar, variables },
      { principal: noura, variables },
    ]) {
      const others = await services.ask(entities, asked);
      expect(others.data._entities).toEqual([null, null, null, null]);
    }
    expect((await services.ask(entities, { variables })).data._entities[0]).toBeNull();
  });

  test("are never kept by a shared cache", async () => {
    for (const query of ["{ me { id } }", "{ me { serviceRequests { totalCount } } }"]) {
      const { headers } = await services.send(query, { principal: amal });
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  test("are refused by the database when a draft carries what only a sent one has", async () => {
    const { db } = services.database;
    const row = {
      id: "req_test",
      person_id: "person-amal",
      service_id: "dha-health-card",
      agency_id: "dha",
      answers: "{}",
      attachments: "[]",
      submitted_at: null,
      updated_at: new Date("2020-05-01T00:00:00Z"),
      reference: null,
    };
    const insert = (values: object) =>
      db
        .insertInto("service_request")
        .values({ ...row, ...values })
        .execute();
    await expect(insert({ status: "SUBMITTED" })).rejects.toThrow("insert of service_request");
    await expect(insert({ status: "DRAFT", reference: "X-1" })).rejects.toThrow("check constraint");
  });
});
