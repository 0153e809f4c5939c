/** Around a place: right to the metre against another formula, and paged stably while facilities come and go. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  distanceMeters,
  maxRadiusMeters,
  type Place,
} from "../../../subgraphs/health/geo.rules.ts";
import { compileHours } from "../../../subgraphs/health/hours-compilation.rules.ts";
import { facilitiesNear } from "../../../subgraphs/health/near.store.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import type { FacilityTable } from "../../../subgraphs/health/tables.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const everything = { open: [], words: [] };

/** Great-circle distance by vectors (atan2 of cross and dot product): no haversine in it. */
function byVectors(a: Place, b: Place): number {
  const vector = ({ latitude, longitude }: Place) => {
    const [north, east] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
    const ring = Math.cos(north);
    return [ring * Math.cos(east), ring * Math.sin(east), Math.sin(north)] as const;
  };
  const [ax, ay, az] = vector(a);
  const [bx, by, bz] = vector(b);
  const cross = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
  return 6_371_008.8 * Math.atan2(cross, ax * bx + ay * by + az * bz);
}

/** In town, at its rim, in the desert, at sea, and far away. */
const places: readonly Place[] = [
  { latitude: 25.1972, longitude: 55.2744 },
  { latitude: 25.2697, longitude: 55.3095 },
  { latitude: 25.0657, longitude: 55.1713 },
  { latitude: 24.99, longitude: 55.62 },
  { latitude: 24.8, longitude: 54.7 },
  { latitude: 25.5, longitude: 55.0 },
  { latitude: 24.45, longitude: 54.38 },
  { latitude: -33.86, longitude: 151.2 },
];

describe.each(databases)("around a place on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  let all: readonly (FacilityTable & Place)[];

  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind, {});
    all = (await health.database.db
      .selectFrom("facility")
      .selectAll()
      .where("latitude", "is not", null)
      .execute()) as (FacilityTable & Place)[];
  });
  afterAll(() => health[Symbol.asyncDispose]());

  test("every facility of the register is found, in order, at its distance to the metre", async () => {
    expect(all.length).toBeGreaterThan(4_000);
    for (const place of places) {
      for (const radiusMeters of [800, 5_000, maxRadiusMeters]) {
        const { db } = health.database;
        const page = { limit: all.length, after: undefined };
        const rows = await facilitiesNear(db as never, { place, radiusMeters }, everything, page);
        const expected = all
          .map((row) => ({ id: row.id, meters: byVectors(place, row) }))
          .filter(({ meters }) => meters <= radiusMeters)
          .toSorted((a, b) => a.meters - b.meters);
        // A millimetre at the rim may fall on either side.
        const atRim = all.filter((row) => Math.abs(byVectors(place, row) - radiusMeters) < 0.001);
        expect(Math.abs(rows.length - expected.length)).toBeLessThanOrEqual(atRim.length);
        for (const [index, row] of rows.entries()) {
          const meters = byVectors(place, row as Place);
          expect(distanceMeters(place, row as Place)).toBeCloseTo(meters, 3);
          // Equal distances may be told in any order here: they are those of one building.
          expect(meters).toBeCloseTo(expected[index]?.meters ?? Number.NaN, 3);
        }
      }
    }
  });
});

const facilityAt = (id: string, place: Place) => ({
  ...place,
  id,
  licence_number: id,
  agency_id: "dha",
  licence_type_en: "Community/Retail Pharmacy",
  licence_type_ar: "صيدلية",
  kind: "PHARMACY" as const,
  name_en: "A pharmacy",
  name_ar: "صيدلية",
  speciality_en: null,
  speciality_ar: null,
  further_specialities_en: [],
  further_specialities_ar: [],
  address: "",
  area: "",
  phone: null,
  website: null,
  hours_text: "24/7",
  ramadan_hours_text: null,
  hours_sample: true,
  ...compileHours({ hours_text: "24/7", ramadan_hours_text: null }).stored,
  services: [],
  languages: [],
  insurance_networks: [],
  accessibility: [],
  photos: [],
  emergency: false,
  details_sample: true,
});

/** Few places, so that many facilities are equally far away. */
const spot = fc
  .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }))
  .map(([north, east]) => ({ latitude: 25 + north * 0.002, longitude: 55 + east * 0.002 }));
const change = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), spot }),
  fc.record({ kind: fc.constant("delete" as const), which: fc.nat() }),
  fc.record({ kind: fc.constant("move" as const), which: fc.nat(), spot }),
);

describe.each(databases)("paging around a place on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind, { seed: false });
  });
  afterAll(() => health[Symbol.asyncDispose]());

  test.each([
    [
      "across the antimeridian",
      { latitude: 0, longitude: 179.999 },
      { latitude: 0, longitude: -179.999 },
    ],
    ["across the pole", { latitude: 89.999, longitude: 0 }, { latitude: 89.999, longitude: 180 }],
    [
      "across the equator and the meridian of Greenwich",
      { latitude: 1e-12, longitude: -1e-12 },
      { latitude: -0.001, longitude: 0.001 },
    ],
  ])("reaches %s", async (_where, place, other) => {
    const { db } = health.database;
    await db.deleteFrom("facility").execute();
    await db
      .insertInto("facility")
      .values(facilityAt("one", other) as never)
      .execute();
    const { data } = await health.ask(
      "query ($at: LocationInput!) { facilitiesNear(location: $at, radiusMeters: 300) { nodes { distanceMeters } } }",
      { variables: { at: place } },
    );
    expect(data.facilitiesNear.nodes).toEqual([
      { distanceMeters: Math.round(byVectors(place, other)) },
    ]);
  });

  test("tells each facility that stays where it is exactly once, whatever else comes, goes and moves", async () => {
    const { db } = health.database;
    const query = `query ($first: Int!, $after: String) {
      facilitiesNear(location: { latitude: 25, longitude: 55 }, radiusMeters: 900, first: $first, after: $after) {
        nodes { facility { id } } pageInfo { hasNextPage endCursor }
      }
    }`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(spot, { minLength: 1, maxLength: 30 }),
        fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 7 }),
        async (spots, changes, first) => {
          await db.deleteFrom("facility").execute();
          const there = new Map(spots.map((place, index) => [`f${index}`, place]));
          await db
            .insertInto("facility")
            .values([...there].map(([id, place]) => facilityAt(id, place)) as never)
            .execute();
          const changed = new Set<string>();
          const told: string[] = [];
          let after: string | null = null;
          for (let page = 0; ; page += 1) {
            const { data } = await health.ask(query, { variables: { first, after } });
            const { nodes, pageInfo } = data.facilitiesNear;
            told.push(...nodes.map((node: { facility: { id: string } }) => node.facility.id));
            if (!pageInfo.hasNextPage) break;
            after = pageInfo.endCursor;
            for (const [index, one] of (changes[page] ?? []).entries()) {
              const ids = [...there.keys()];
              if (one.kind === "insert") {
                const id = `new-${page}-${index}`;
                await db
                  .insertInto("facility")
                  .values(facilityAt(id, one.spot) as never)
                  .execute();
                continue;
              }
              const id = ids[one.which % ids.length] ?? "";
              changed.add(id);
              const row = db.updateTable("facility").where("id", "=", id);
              if (one.kind === "move") await row.set(one.spot).execute();
              else await db.deleteFrom("facility").where("id", "=", id).execute();
            }
          }
          const center = { latitude: 25, longitude: 55 };
          const stayed = [...there]
            .filter(([id, place]) => !changed.has(id) && distanceMeters(center, place) <= 900)
            .map(([id]) => id);
          for (const id of stayed) expect(told.filter((other) => other === id)).toEqual([id]);
        },
      ),
      { numRuns: 40 },
    );
  });
});
