import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { encodeCursor } from "../../../subgraphs/kit/pagination.ts";
import { subgraph } from "../../../subgraphs/parking/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { type StartedSubgraph, startSubgraph } from "../../support/start-subgraph.ts";

describe.each(databases)("parking zones on $kind", ({ kind }) => {
  let parking: StartedSubgraph;
  beforeAll(async () => {
    parking = await startSubgraph(subgraph, kind);
  });
  beforeEach(() => {
    parking.database.statements.length = 0;
  });
  afterAll(() => parking[Symbol.asyncDispose]());

  test("are told to everybody in Arabic and English, name and price alike", async () => {
    const { data } = await parking.ask(
      '{ parkingZone(id: "a") { id name { en ar } hourlyPrice { amount currency formatted { en ar } } } }',
    );
    expect(data.parkingZone).toEqual({
      id: "a",
      name: { en: "Zone A", ar: "المنطقة أ" },
      hourlyPrice: {
        amount: 400,
        currency: "AED",
        formatted: { en: "AED 4.00", ar: "\u20664.00\u2069 د.إ." },
      },
    });
  });

  test("that are not there are null, and no error", async () => {
    expect(await parking.ask('{ parkingZone(id: "none") { id } }')).toEqual({
      data: { parkingZone: null },
    });
  });

  test("are loaded by one statement, however often a request asks", async () => {
    const { data } = await parking.ask(
      '{ b: parkingZone(id: "b") { id } again: parkingZone(id: "b") { id } c: parkingZone(id: "c") { id } }',
    );
    expect(data).toEqual({ b: { id: "b" }, again: { id: "b" }, c: { id: "c" } });
    expect(parking.database.statements).toHaveLength(1);
  });

  test("answer a batch of entities in its order, unknown ones with null, by one statement", async () => {
    const representations = ["c", "none", "a", "c"].map((id) => ({
      __typename: "ParkingZone",
      id,
    }));
    const { data, errors } = await parking.ask(
      "query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ParkingZone { id name { en } } } }",
      { variables: { representations } },
    );
    expect(errors).toBeUndefined();
    const [a, c] = [
      { id: "a", name: { en: "Zone A" } },
      { id: "c", name: { en: "Zone C" } },
    ];
    expect(data._entities).toEqual([c, null, a, c]);
    expect(parking.database.statements).toHaveLength(1);
  });

  test("can be paged through by id, and counted", async () => {
    const query =
      "query ($after: String) { parkingZones(first: 2, after: $after) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    const page = async (after: string | null) =>
      (await parking.ask(query, { variables: { after } })).data.parkingZones;
    const first = await page(null);
    expect(first).toMatchObject({
      totalCount: 3,
      nodes: [{ id: "a" }, { id: "b" }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    expect(await page(first.pageInfo.endCursor)).toMatchObject({
      totalCount: 3,
      nodes: [{ id: "c" }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
  });

  test("are counted only when somebody asks how many there are", async () => {
    await parking.ask("{ parkingZones { nodes { id } } }");
    expect(parking.database.statements).toHaveLength(1);
  });

  test.each([
    ["first: 101", "from 0 to 100"],
    ["first: -1", "from 0 to 100"],
    [`after: "${encodeCursor([7])}"`, "not a cursor of this list"],
  ])(
    "a page of (%s) is refused with what would do, before the database is asked",
    async (given, message) => {
      const { errors } = await parking.ask(`{ parkingZones(${given}) { nodes { id } } }`);
      expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
      expect(errors?.[0]?.message).toContain(message);
      expect(parking.database.statements).toEqual([]);
    },
  );

  test("may be kept by every cache for five minutes", async () => {
    const { headers } = await parking.send("{ parkingZones { nodes { id name { en } } } }");
    expect(headers.get("cache-control")).toBe("max-age=300, public");
  });
});
