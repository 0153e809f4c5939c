import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import { type Answer, startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const amal: Principal = { kind: "person", id: "person-amal", scopes: [], policies: [] };
const omar: Principal = { ...amal, id: "person-omar" };
const noura: Principal = {
  kind: "operator",
  id: "operator-noura",
  scopes: ["operations"],
  policies: [],
};

describe.each(["pglite", "postgres"] as const)("data-sharing on %s", (kind) => {
  let started: StartedSubgraph;
  const nowMs = Date.parse("2020-05-01T00:00:00Z");
  beforeAll(async () => {
    started = await startSubgraph(subgraph, kind, { clock: () => nowMs });
  });
  afterAll(() => started[Symbol.asyncDispose]());
  const statements = () => started.database.statements;

  test("pages through all datasets, with filters and counts", async () => {
    const query =
      "query ($after: String, $filter: DatasetFilter) { datasets(first: 15, after: $after, filter: $filter) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }";
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const answer: Answer = await started.ask(query, { variables: { after } });
      const { datasets } = answer.data;
      seen.push(...datasets.nodes.map(({ id }: { id: string }) => id));
      after = datasets.pageInfo.hasNextPage ? datasets.pageInfo.endCursor : null;
      expect(datasets.totalCount).toBe(41);
    } while (after !== null);
    expect(new Set(seen).size).toBe(41);
    const filtered = async (filter: object) =>
      (await started.ask(query, { variables: { filter } })).data.datasets;
    expect((await filtered({ publisher: "dewa", accessLevel: "OPEN" })).totalCount).toBe(3);
    expect((await filtered({ text: "METRO" })).nodes).toEqual([{ id: "rta-metro-ridership" }]);
    expect((await filtered({ text: "المترو" })).nodes).toEqual([{ id: "rta-metro-ridership" }]);
    expect((await filtered({ text: "100%" })).totalCount).toBe(0);
    expect((await filtered({ theme: "nothing" })).totalCount).toBe(0);
  });

  test("tells a dataset's terms: a licence for open data, none for what is shared", async () => {
    const { data } = await started.ask(
      '{ open: dataset(id: "rta-traffic-counts") { accessLevel licence { id url } distributions { mediaType } publisher { id } } shared: dataset(id: "rta-vehicle-register") { accessLevel sensitivity personalData licence { id } } none: dataset(id: "none") { id } }',
    );
    expect(data.open).toMatchObject({
      accessLevel: "OPEN",
      licence: { id: "cc-by-4.0" },
      publisher: { id: "rta" },
    });
    expect(data.open.distributions).toHaveLength(2);
    expect(data.shared).toEqual({
      accessLevel: "SHARED",
      sensitivity: "SENSITIVE",
      personalData: "PERSONAL",
      licence: null,
    });
    expect(data.none).toBeNull();
  });

  test("lists the datasets of any number of agencies and services by one statement", async () => {
    const agencies = ["dewa", "rta", "nobody", "dha"].map((id) => ({ __typename: "Agency", id }));
    const services = ["dewa", "dubai-courts"].map((id) => ({
      __typename: "Service",
      id: `${id}-x`,
      agency: { __typename: "Agency", id },
    }));
    statements().length = 0;
    const { data, errors } = await started.ask(
      "query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Agency { datasets(first: 2) { nodes { id } pageInfo { hasNextPage } } } ... on Service { datasets(first: 2) { nodes { id } } } } }",
      { variables: { representations: [...agencies, ...services] } },
    );
    expect(errors).toBeUndefined();
    const idsOf = (entity: any) => entity.datasets.nodes.map(({ id }: { id: string }) => id);
    expect(data._entities.map(idsOf)).toEqual([
      ["dewa-electricity-by-community", "dewa-meter-readings"],
      ["rta-bus-stops", "rta-journeys-by-card"],
      [],
      ["dha-hospital-beds", "dha-licensed-facilities"],
      ["dewa-electricity-by-community", "dewa-meter-readings"],
      ["dubai-courts-cases"],
    ]);
    expect(data._entities[0].datasets.pageInfo.hasNextPage).toBe(true);
    expect(statements()).toHaveLength(1);
  });

  const mine =
    "{ me { consents(first: 2) { totalCount nodes { id status withdrawnAt grantedTo { id } dataset { id } } pageInfo { endCursor } } dataAccesses { totalCount nodes { id fields dataset { id } } } } }";

  test("shows people their consents and who used their data, newest first", async () => {
    const { data } = await started.ask(mine, { principal: amal });
    expect(data.me.consents.totalCount).toBe(3);
    expect(data.me.consents.nodes.map(({ id, status }: any) => [id, status])).toEqual([
      ["con_amal_encounters", "ACTIVE"],
      ["con_amal_journeys", "ACTIVE"],
    ]);
    const { endCursor: after } = data.me.consents.pageInfo;
    const next = await started.ask(
      "query ($after: String) { me { consents(first: 2, after: $after) { nodes { id status } } } }",
      { principal: amal, variables: { after } },
    );
    expect(next.data.me.consents.nodes).toEqual([{ id: "con_amal_meter", status: "WITHDRAWN" }]);
    expect(data.me.dataAccesses.nodes.map(({ id }: any) => id)).toEqual([
      "acc_amal_3",
      "acc_amal_2",
      "acc_amal_1",
    ]);
  });

  test("shows nobody else's, not even to operators, and not by a representation", async () => {
    expect((await started.ask(mine)).data.me).toBeNull();
    const query =
      "query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Person { consents { totalCount } dataAccesses { totalCount } } } }";
    const variables = { representations: [{ __typename: "Person", id: "person-amal" }] };
    for (const [principal, code] of [
      [omar, "FORBIDDEN"],
      [noura, "FORBIDDEN"],
      [undefined, "UNAUTHENTICATED"],
    ] as const) {
      statements().length = 0;
      const { data, errors } = await started.ask(query, {
        variables,
        ...(principal ? { principal } : {}),
      });
      expect(data._entities).toEqual([{ consents: null, dataAccesses: null }]);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code, code]);
      expect(statements()).toEqual([]);
    }
  });

  test.each(["consent", "consent_withdrawal", "data_access"])(
    "the database refuses to change or delete a row of %s",
    async (table) => {
      const { db } = started.database;
      await expect(sql`delete from ${sql.table(table)}`.execute(db)).rejects.toThrow("append-only");
      await expect(sql`truncate ${sql.table(table)} cascade`.execute(db)).rejects.toThrow(
        "append-only",
      );
      const column = table === "consent_withdrawal" ? "consent_id" : "id";
      await expect(
        sql`update ${sql.table(table)} set ${sql.ref(column)} = 'x'`.execute(db),
      ).rejects.toThrow("append-only");
    },
  );

  test("the database holds the classification rules, too", async () => {
    const { db } = started.database;
    await expect(
      sql`update dataset set licence_id = null where access_level = 'OPEN'`.execute(db),
    ).rejects.toThrow("check");
    await expect(
      sql`update dataset set sensitivity = 'SECRET' where access_level = 'OPEN'`.execute(db),
    ).rejects.toThrow("check");
  });
});
