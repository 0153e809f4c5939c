import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distanceMeters, type Place } from "../../../subgraphs/health/geo.rules.ts";
import { compileHours } from "../../../subgraphs/health/hours-compilation.rules.ts";
import { openingCalendar } from "../../../subgraphs/health/opening-calendar.rules.ts";
import { isOpenAt } from "../../../subgraphs/health/opening-schedule.rules.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import type { FacilityTable } from "../../../subgraphs/health/tables.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

/** Near the Dubai Mall: many facilities, several in one building. */
const downtown: Place = { latitude: 25.1972, longitude: 55.2744 };
/** A Friday morning in Dubai, when some pharmacies pause. */
const friday = Date.parse("2020-03-27T12:15:00+04:00");

type Near = { distanceMeters: number; facility: { id: string; openNow: boolean } };
type NearPage = {
  totalCount: number;
  nodes: Near[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
};

const nearQuery = `query ($location: LocationInput!, $radius: Int! = 5000, $first: Int! = 20, $after: String, $filter: FacilityFilter) {
  facilitiesNear(location: $location, radiusMeters: $radius, first: $first, after: $after, filter: $filter) {
    totalCount nodes { distanceMeters facility { id openNow } } pageInfo { hasNextPage endCursor }
  }
}`;

const openIn = (row: FacilityTable, instant: number) =>
  isOpenAt(compileHours(row).schedule, openingCalendar, instant);

const home = (more: string) =>
  `{ facilitiesNear(location: { latitude: 25.2, longitude: 55.27 }, first: 3, filter: { kinds: [PHARMACY], openNow: true }) { ${more} nodes { distanceMeters facility { id name { en } openNow agency { id } } } } }`;

const pharmacyAt = (place: Place): Omit<FacilityTable, "id" | "licence_number"> => ({
  ...place,
  agency_id: "dha",
  licence_type_en: "Community/Retail Pharmacy",
  licence_type_ar: "صيدلية",
  kind: "PHARMACY",
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

describe.each(databases)("facilities on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  let all: FacilityTable[];
  let now = friday;

  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind, { clock: () => now });
    all = (await health.database.db
      .selectFrom("facility")
      .selectAll()
      .execute()) as FacilityTable[];
  });
  afterAll(() => health[Symbol.asyncDispose]());

  const near = async (variables: object): Promise<NearPage> => {
    const { data, errors } = await health.ask(nearQuery, {
      variables: { location: downtown, ...variables },
    });
    expect(errors).toBeUndefined();
    return data.facilitiesNear as NearPage;
  };
  const lifeOf = async (field: string) =>
    (await health.send(`{ ${field} }`)).headers.get("cache-control");

  /** What the database should find, found by looking at every facility. */
  const expectedNear = (
    from: Place,
    radius: number,
    fits: (row: FacilityTable) => boolean = () => true,
  ) =>
    all
      .filter((row) => row.latitude !== null && fits(row))
      .map((row) => ({ id: row.id, distance: distanceMeters(from, row as Place) }))
      .filter(({ distance }) => distance <= radius)
      .toSorted((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1));

  test("are all there, of every kind, each with hours that are marked as samples", async () => {
    expect(all).toHaveLength(4_124);
    const kinds = Map.groupBy(all, (row) => row.kind);
    expect(kinds.get("PHARMACY")).toHaveLength(1_326);
    expect(kinds.get("HOSPITAL")).toHaveLength(54);
    expect(kinds.size).toBe(6);
    expect(all.every((row) => row.hours_sample)).toBe(true);
    expect(all.filter((row) => row.latitude === null)).toHaveLength(40);
  });

  test("show what the register says of one, with its source", async () => {
    const { data, errors } = await health.ask(
      `{ facility(id: "dha-0000035") { name { en ar } kind licence { number type { en } } speciality { en } address area phone website location { latitude longitude } openingHours { text sample } openNow nextChange attribution agency { id } } none: facility(id: "dha-none") { id } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.none).toBeNull();
    expect(data.facility).toEqual({
      name: { en: "Al Zahra Pvt. Hospital", ar: "مستشفى الزهراء الخاص" },
      kind: "HOSPITAL",
      licence: { number: "0000035", type: { en: "General Hospital (>100)" } },
      speciality: { en: "Anesthesia" },
      address: "Al Zahra Pvt Hospital Dubai, Al Na'ayat Street 6",
      area: "Al Barsha First",
      phone: "+97143786666",
      website: "https://azhd.ae/",
      location: { latitude: 25.106256, longitude: 55.181021 },
      openingHours: { text: "24/7", sample: true },
      openNow: true,
      nextChange: null,
      attribution: expect.stringMatching(/Dubai Health Authority.*licence has not been reviewed/),
      agency: { id: "dha" },
    });
  });

  test.each([
    ["around downtown", downtown, 1_000],
    ["all over the city", downtown, 50_000],
    ["in Hatta", { latitude: 24.8, longitude: 56.12 }, 5_000],
    ["in a place without any", { latitude: 0, longitude: 0 }, 50_000],
    ["at the pole", { latitude: 90, longitude: 0 }, 1],
  ])("%s come nearest first, none missing", async (_, location, radius) => {
    const page = await near({ location, radius, first: 100 });
    const expected = expectedNear(location, radius);
    expect(page.totalCount).toBe(expected.length);
    expect(page.nodes.map((node) => node.facility.id)).toEqual(
      expected.slice(0, 100).map(({ id }) => id),
    );
    expect(page.nodes.map((node) => node.distanceMeters)).toEqual(
      expected.slice(0, 100).map(({ distance }) => Math.round(distance)),
    );
  });

  test.each([
    ["on Friday noon", friday],
    ["on Friday evening", Date.parse("2020-03-27T21:59:59+04:00")],
    ["after midnight", Date.parse("2020-03-28T00:45:00+04:00")],
    ["at the end of the week", Date.parse("2020-03-29T23:59:30+04:00")],
    ["at the start of the week", Date.parse("2020-03-30T00:00:00+04:00")],
  ])("open %s are found by the database as the rules find them", async (_, instant) => {
    now = instant;
    const fits = (row: FacilityTable) => row.kind === "PHARMACY" && openIn(row, instant);
    const page = await near({ first: 100, filter: { kinds: ["PHARMACY"], openNow: true } });
    const expected = expectedNear(downtown, 5_000, fits);
    expect(page.totalCount).toBe(expected.length);
    expect(page.nodes.map((node) => node.facility.id)).toEqual(
      expected.slice(0, 100).map(({ id }) => id),
    );
    expect(page.nodes.every((node) => node.facility.openNow)).toBe(true);
    const closed = await near({ first: 20, filter: { kinds: ["PHARMACY"], openNow: false } });
    expect(closed.nodes.some((node) => node.facility.openNow)).toBe(false);
    const both = await near({ first: 1, filter: { kinds: ["PHARMACY"] } });
    expect(closed.totalCount + page.totalCount).toBe(both.totalCount);
    now = friday;
  });

  test("tell when they open or close next", async () => {
    const text = "Mo-Th,Sa,Su 09:00-13:00,16:30-22:30; Fr 16:30-22:30";
    const id = all.find((row) => row.hours_text === text)?.id;
    const { data } = await health.ask(`{ facility(id: "${id}") { openNow nextChange } }`);
    expect(data.facility).toEqual({ openNow: false, nextChange: "2020-03-27T12:30:00.000Z" });
  });

  test("are filtered by speciality and by words in both languages", async () => {
    const { data } = await health.ask(`{
      en: facilities(filter: { speciality: "PEDIATRICS" }) { totalCount }
      ar: facilities(filter: { speciality: "جلدية" }) { totalCount }
      words: facilities(filter: { text: "karama aster pharmacy" }) { totalCount nodes { name { en } area } }
      arabic: facilities(filter: { text: "مستشفى الزهراء" }) { nodes { id } }
      percent: facilities(filter: { text: "%_%" }) { totalCount }
      none: facilities(filter: { kinds: [] }) { totalCount nodes { id } }
    }`);
    const { db } = health.database;
    const roles = await db.selectFrom("practitioner_role").selectAll().execute();
    const doctors = await db.selectFrom("practitioner").selectAll().execute();
    const active = new Set(doctors.flatMap(({ id, active: is }) => (is ? [id] : [])));
    const countOf = (matches: (en: string | null, ar: string | null) => boolean) => {
      const own = all.filter((one) => matches(one.speciality_en, one.speciality_ar));
      const ofDoctors = roles.filter(
        (one) =>
          one.active &&
          active.has(one.practitioner_id) &&
          matches(one.speciality_en, one.speciality_ar),
      );
      return new Set([...own.map(({ id }) => id), ...ofDoctors.map((one) => one.facility_id)]).size;
    };
    expect(countOf((en) => en?.toLowerCase() === "pediatrics")).toBeGreaterThan(47);
    expect(data.en.totalCount).toBe(countOf((en) => en?.toLowerCase() === "pediatrics"));
    expect(data.ar.totalCount).toBe(countOf((_en, ar) => ar === "جلدية"));
    expect(data.words.totalCount).toBeGreaterThan(0);
    for (const { name, area } of data.words.nodes) {
      expect(`${name.en} ${area}`.toLowerCase()).toMatch(/aster/);
    }
    expect(data.arabic.nodes).toContainEqual({ id: "dha-0000035" });
    expect(data.percent.totalCount).toBe(0);
    expect(data.none).toEqual({ totalCount: 0, nodes: [] });
  });

  test("are listed by id, page by page", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await health.ask(
        `query ($after: String) { facilities(first: 25, after: $after, filter: { kinds: [HOSPITAL] }) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
        { variables: { after } },
      );
      const page = data.facilities as { nodes: { id: string }[]; pageInfo: NearPage["pageInfo"] };
      seen.push(...page.nodes.map(({ id }) => id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    const hospitals = all.filter((row) => row.kind === "HOSPITAL").map((row) => row.id);
    expect(seen).toEqual(hospitals.toSorted());
  });

  test.each([
    ["facilitiesNear(location: { latitude: 91, longitude: 55 }) { totalCount }", "latitude"],
    ["facilitiesNear(location: { latitude: 25, longitude: -181 }) { totalCount }", "longitude"],
    [
      "facilitiesNear(location: { latitude: 25, longitude: 55 }, radiusMeters: 0) { totalCount }",
      "radiusMeters",
    ],
    [
      "facilitiesNear(location: { latitude: 25, longitude: 55 }, radiusMeters: 50001) { totalCount }",
      "radiusMeters",
    ],
    [
      "facilitiesNear(location: { latitude: 25, longitude: 55 }, first: -1) { totalCount }",
      "`first` must be from 0 to 100",
    ],
    [
      'facilitiesNear(location: { latitude: 25, longitude: 55 }, after: "WyJ4Il0") { totalCount }',
      "`after` is not a cursor",
    ],
    [`facilities(filter: { text: "${"x".repeat(101)}" }) { totalCount }`, "up to 100 characters"],
  ])("{ %s } is refused", async (field, message) => {
    const { errors } = await health.ask(`{ ${field} }`);
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain(message);
  });

  test("open now near somebody cost one statement, and one more for the count", async () => {
    const { statements } = health.database;
    statements.length = 0;
    const { data } = await health.ask(home(""));
    expect(data.facilitiesNear.nodes).toHaveLength(3);
    expect(statements).toHaveLength(1);
    await health.ask(home("totalCount"));
    expect(statements).toHaveLength(3);
  });

  test("are found by the index of places", async () => {
    const { statements, db } = health.database;
    statements.length = 0;
    await near({ first: 3, filter: { kinds: ["PHARMACY"], openNow: true } });
    const text = statements.find((statement) => statement.includes("<->"));
    // EXPLAIN takes no parameters of its own, so a function hands it the statement as it was sent.
    const plan = await db.connection().execute(async (connection) => {
      await sql`create or replace function pg_temp.plan_of(query text) returns setof text language plpgsql as
        $$ begin return query execute 'explain (generic_plan) ' || query; end $$`.execute(
        connection,
      );
      const lines = sql<{ line: string }>`select * from pg_temp.plan_of(${text}) as line`;
      return (await lines.execute(connection)).rows.map(({ line }) => line).join("\n");
    });
    expect(plan).toMatch(/Index Scan (using|on) facility_place/);
    expect(plan).not.toContain("Seq Scan on facility ");
  });

  test("are kept for 300 s by caches, and for 30 s when they depend on the time", async () => {
    const at = "location: { latitude: 25, longitude: 55 }";
    expect(
      await lifeOf(
        'facility(id: "dha-0000035") { name { en } agency { id } licence { type { ar } } location { latitude } }',
      ),
    ).toBe("max-age=300, public");
    expect(await lifeOf('facility(id: "dha-0000035") { openNow }')).toBe("max-age=30, public");
    expect(await lifeOf("facilities(first: 1) { totalCount nodes { id } }")).toBe(
      "max-age=300, public",
    );
    expect(await lifeOf(`facilitiesNear(${at}) { nodes { distanceMeters facility { id } } }`)).toBe(
      "max-age=300, public",
    );
    expect(
      await lifeOf(
        `facilitiesNear(${at}, filter: { openNow: true }) { nodes { facility { id } } }`,
      ),
    ).toBe("max-age=30, public");
    expect(await lifeOf("facilities(filter: { openNow: false }) { nodes { id } }")).toBe(
      "max-age=30, public",
    );
  });
});

describe.each(databases)("facilities at one point on $kind", ({ kind }) => {
  test("are paged through by id, without loss or repetition, in whatever order they were stored", async () => {
    await using health = await startSubgraph(subgraph, kind, { seed: false });
    const ids = ["e", "b", "g", "a", "f", "c", "d"];
    await health.database.db
      .insertInto("facility")
      .values(ids.map((id) => ({ ...pharmacyAt(downtown), id, licence_number: id })))
      .execute();
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await health.ask(nearQuery, {
        variables: { location: downtown, first: 2, after },
      });
      const page = data.facilitiesNear as NearPage;
      seen.push(...page.nodes.map((node) => node.facility.id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toEqual(ids.toSorted());
  });
});
