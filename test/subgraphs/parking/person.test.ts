import type { Kysely } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import type { ParkingTables } from "../../../subgraphs/parking/parking.store.ts";
import { subgraph } from "../../../subgraphs/parking/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { type StartedSubgraph, startSubgraph } from "../../support/start-subgraph.ts";

const person = (id: string): Principal => ({ kind: "person", id, scopes: [], policies: [] });
const amal = person("person-amal");
const omar = person("person-omar");
const hind = person("person-hind");
const noura: Principal = { ...person("operator-noura"), kind: "operator", scopes: ["operations"] };
const rta: Principal = { ...person("agency-rta"), kind: "agency", agencyId: "rta" };

const entities = (selection: string) =>
  `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`;
const ofType = (__typename: string, ...ids: readonly string[]) => ({
  representations: ids.map((id) => ({ __typename, id })),
});
const owned = entities(
  "... on ParkingPermit { id plate } ... on ParkingFine { id amount { amount } }",
);
const ofPerson = (selection: string) => entities(`... on Person { id ${selection} }`);

describe.each(databases)("a person's permits and fines on $kind", ({ kind }) => {
  let parking: StartedSubgraph;
  beforeAll(async () => {
    parking = await startSubgraph(subgraph, kind);
  });
  beforeEach(() => {
    parking.database.statements.length = 0;
  });
  afterAll(() => parking[Symbol.asyncDispose]());
  const statements = () => parking.database.statements;

  test("come with the zone in both languages, by a statement each", async () => {
    const { data, errors } = await parking.ask(
      ofPerson(
        "parkingPermits { id plate validUntil zone { id name { en ar } } } parkingFines { id issuedAt amount { amount formatted { en ar } } }",
      ),
      { principal: amal, variables: ofType("Person", "person-amal") },
    );
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([
      {
        id: "person-amal",
        parkingPermits: [
          {
            id: "permit-1",
            plate: "A 12345",
            validUntil: "2027-03-31T20:00:00.000Z",
            zone: { id: "a", name: { en: "Zone A", ar: "المنطقة أ" } },
          },
        ],
        parkingFines: [
          {
            id: "parking-fine-1",
            issuedAt: "2026-10-04T06:30:00.000Z",
            amount: {
              amount: 15_000,
              formatted: { en: "AED 150.00", ar: "\u2066150.00\u2069 د.إ." },
            },
          },
        ],
      },
    ]);
    expect(statements()).toHaveLength(3);
  });

  test("are empty lists for who has none", async () => {
    const { data } = await parking.ask(ofPerson("parkingPermits { id } parkingFines { id }"), {
      principal: hind,
      variables: ofType("Person", "person-hind"),
    });
    expect(data._entities).toEqual([{ id: "person-hind", parkingPermits: [], parkingFines: [] }]);
  });

  test.each([
    ["another person", omar, "FORBIDDEN"],
    ["an operator", noura, "FORBIDDEN"],
    ["an agency", rta, "FORBIDDEN"],
    ["nobody", undefined, "UNAUTHENTICATED"],
  ])(
    "are not given to %s through the person, and cost no statement",
    async (_, principal, code) => {
      const { data, errors } = await parking.ask(
        ofPerson("parkingPermits { plate } parkingFines { id }"),
        { ...(principal ? { principal } : {}), variables: ofType("Person", "person-amal") },
      );
      expect(data._entities).toEqual([
        { id: "person-amal", parkingPermits: null, parkingFines: null },
      ]);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code, code]);
      expect(statements()).toEqual([]);
    },
  );

  test("leave the others of a batch of persons alone: each is answered or refused by itself", async () => {
    const { data, errors } = await parking.ask(ofPerson("parkingPermits { id }"), {
      principal: omar,
      variables: ofType("Person", "person-amal", "person-omar"),
    });
    expect(data._entities).toEqual([
      { id: "person-amal", parkingPermits: null },
      { id: "person-omar", parkingPermits: [{ id: "permit-2" }] },
    ]);
    expect(errors?.map(({ path }) => path)).toEqual([["_entities", 0, "parkingPermits"]]);
  });

  test("answer a batch of entities in its order, unknown ones and other people's with null, by one statement", async () => {
    const permits = { variables: ofType("ParkingPermit", "none", "permit-2", "permit-1", "none") };
    const { data, errors } = await parking.ask(owned, { principal: amal, ...permits });
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([null, null, { id: "permit-1", plate: "A 12345" }, null]);
    expect(statements()).toHaveLength(1);

    const fines = { variables: ofType("ParkingFine", "none", "parking-fine-1") };
    expect((await parking.ask(owned, { principal: amal, ...fines })).data._entities).toEqual([
      null,
      { id: "parking-fine-1", amount: { amount: 15_000 } },
    ]);
  });

  test.each([
    ["another person", hind],
    ["an operator", noura],
    ["an agency", rta],
    ["nobody", undefined],
  ])("are as if they were not there for %s who knows their ids", async (_, principal) => {
    const representations = [
      ...ofType("ParkingPermit", "permit-1", "permit-2").representations,
      ...ofType("ParkingFine", "parking-fine-1").representations,
    ];
    const answer = await parking.ask(owned, {
      ...(principal ? { principal } : {}),
      variables: { representations },
    });
    expect(answer).toEqual({ data: { _entities: [null, null, null] } });
  });

  test("are kept by no cache that others read", async () => {
    const { headers } = await parking.send(ofPerson("parkingFines { id }"), {
      principal: amal,
      variables: ofType("Person", "person-amal"),
    });
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("are the fifty newest, and those of one moment always in the same order", async () => {
    const db = parking.database.db as Kysely<ParkingTables>;
    const many = Array.from({ length: 60 }, (_, index) => ({
      id: `fine-${index + 10}`,
      person_id: "person-mariam",
      amount: 100n,
      // Two are given at each moment.
      issued_at: new Date(Date.UTC(2026, 0, 1 + Math.floor(index / 2))),
    }));
    // Not in the order in which they are to come.
    const stirred = many.toSorted((one, other) => (one.id.at(-1)! < other.id.at(-1)! ? -1 : 1));
    await db.insertInto("fine").values(stirred).execute();
    const { data } = await parking.ask(ofPerson("parkingFines { id issuedAt }"), {
      principal: person("person-mariam"),
      variables: ofType("Person", "person-mariam"),
    });
    const ids = data._entities[0].parkingFines.map(({ id }: { id: string }) => id);
    expect(ids).toHaveLength(50);
    expect(ids.slice(0, 4)).toEqual(["fine-69", "fine-68", "fine-67", "fine-66"]);
    expect(ids.at(-1)).toBe("fine-20");
  });
});
