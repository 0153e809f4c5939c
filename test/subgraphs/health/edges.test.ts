import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import { printSubgraphSdl } from "../../../subgraphs/kit/schema.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const principal = (kind: Principal["kind"], id: string): Principal => ({
  kind,
  id,
  scopes: [],
  policies: [],
});
const amal = principal("person", "person-amal");
const nearby =
  "facilitiesNear(location: { latitude: 25.2, longitude: 55.27 }, first: 2) { nodes { distanceMeters facility { id } } }";

test("the schema composes on its own", () => {
  const typeDefs = parse(printSubgraphSdl(subgraph));
  const { errors } = composeServices([{ name: "health", url: "http://health", typeDefs }]);
  expect(errors).toBeUndefined();
});

describe.each(databases)("edges of health on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind);
  });
  afterAll(() => health[Symbol.asyncDispose]());

  const entities = async (
    keys: readonly [string, string][],
    selection: string,
    who?: Principal,
  ) => {
    const representations = keys.map(([__typename, id]) => ({ __typename, id }));
    health.database.statements.length = 0;
    const { data, errors } = await health.ask(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`,
      { variables: { representations }, ...(who ? { principal: who } : {}) },
    );
    return { found: data?._entities, errors, statements: health.database.statements.length };
  };

  test("facilities and bulletins are fetched by key in one statement each, in order", async () => {
    const { found, statements } = await entities(
      [
        ["Facility", "dha-0000036"],
        ["Bulletin", "bul_2020-04-23-easing"],
        ["Facility", "dha-none"],
        ["Facility", "dha-0000035"],
        ["Facility", "dha-0000036"],
      ],
      "... on Facility { id } ... on Bulletin { id severity }",
    );
    expect(found).toEqual([
      { id: "dha-0000036" },
      { id: "bul_2020-04-23-easing", severity: "ADVISORY" },
      null,
      { id: "dha-0000035" },
      { id: "dha-0000036" },
    ]);
    expect(statements).toBe(2);
  });

  const services = [
    "dha-open-pharmacies",
    "dha-find-medical-centre",
    "dha-find-doctor",
    "dha-medical-fitness",
    "dubai-ambulance-emergency-call",
    "dewa-electricity-bill",
  ].map((id): [string, string] => ["Service", id]);

  test("any number of services get their facilities by one statement", async () => {
    const { found, statements } = await entities(
      services,
      "... on Service { id facilities(first: 100) { nodes { kind licence { type { en } } } } }",
    );
    type Found = { facilities: { nodes: { kind: string; licence: { type: { en: string } } }[] } };
    const kinds = (found as Found[]).map(({ facilities }) =>
      [...new Set(facilities.nodes.map((node) => node.kind))].toSorted(),
    );
    expect(kinds).toEqual([
      ["PHARMACY"],
      ["CENTRE", "CLINIC"],
      ["CLINIC", "HOSPITAL"],
      ["CENTRE"],
      ["HOSPITAL"],
      [],
    ]);
    const fitness = (found as Found[])[3]?.facilities.nodes.map((node) => node.licence.type.en);
    expect(fitness).toEqual(Array.from({ length: 4 }, () => "Medical Fitness Center"));
    expect(statements).toBe(1);
  });

  test("counts of services cost one statement more, and pages of each go on behind a cursor", async () => {
    const page = "totalCount nodes { id } pageInfo { endCursor hasNextPage }";
    const first = await entities(services, `... on Service { facilities(first: 3) { ${page} } }`);
    expect(first.statements).toBe(2);
    const [pharmacies, , , fitness, , none] = first.found;
    expect(pharmacies.facilities).toMatchObject({
      totalCount: 1_326,
      pageInfo: { hasNextPage: true },
    });
    expect(fitness.facilities.totalCount).toBe(4);
    expect(none.facilities).toMatchObject({ totalCount: 0, nodes: [] });
    const { endCursor } = fitness.facilities.pageInfo;
    const second = await entities(
      services,
      `... on Service { facilities(first: 3, after: "${endCursor}") { ${page} } }`,
    );
    const rest = second.found[3].facilities;
    expect(rest.nodes).toHaveLength(1);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    expect(fitness.facilities.nodes).not.toContainEqual(rest.nodes[0]);
  });

  test("agencies have the facilities that they license, filtered, by one statement and one for counts", async () => {
    const { found, statements } = await entities(
      [
        ["Agency", "dha"],
        ["Agency", "dewa"],
      ],
      "... on Agency { id facilities(first: 2, filter: { kinds: [HOSPITAL] }) { totalCount nodes { kind agency { id } } pageInfo { hasNextPage } } }",
    );
    const hospital = { kind: "HOSPITAL", agency: { id: "dha" } };
    expect(found).toEqual([
      {
        id: "dha",
        facilities: {
          totalCount: 54,
          nodes: [hospital, hospital],
          pageInfo: { hasNextPage: true },
        },
      },
      {
        id: "dewa",
        facilities: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } },
      },
    ]);
    expect(statements).toBe(2);
  });

  test("me is the person who is signed in, and nobody else", async () => {
    const { data } = await health.ask(`{ me { id ${nearby} } }`, { principal: amal });
    expect(data.me).toMatchObject({ id: "person-amal" });
    expect(data.me.facilitiesNear.nodes).toHaveLength(2);
    for (const who of [
      undefined,
      principal("operator", "operator-noura"),
      principal("agency", "agency-dewa"),
    ]) {
      const answer = await health.ask("{ me { id } }", who ? { principal: who } : {});
      expect(answer.data).toEqual({ me: null });
    }
  });

  test.each([
    ["another person", principal("person", "person-omar"), "FORBIDDEN"],
    ["an operator", principal("operator", "operator-noura"), "FORBIDDEN"],
    ["nobody", undefined, "UNAUTHENTICATED"],
  ])("facilities near a person are refused to %s", async (_, who, code) => {
    const { found, errors } = await entities(
      [["Person", "person-amal"]],
      `... on Person { ${nearby} }`,
      who,
    );
    expect(found?.[0]).toMatchObject({ facilitiesNear: null });
    expect(errors?.[0]?.extensions.code).toBe(code);
  });

  test("answers about a person are kept by no cache, facilities of a service are", async () => {
    const mine = await health.send(`{ me { ${nearby} } }`, { principal: amal });
    expect(mine.headers.get("cache-control")).toBe("no-store");
    const { headers } = await health.send(
      '{ _entities(representations: [{ __typename: "Service", id: "dha-open-pharmacies" }]) { ... on Service { facilities { nodes { id } } } } }',
    );
    expect(headers.get("cache-control")).toBe("max-age=300, public");
  });
});
