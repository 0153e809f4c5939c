import fc from "fast-check";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distanceMeters } from "../../../subgraphs/health/geo.rules.ts";
import {
  fromMultirange,
  isOpen,
  minuteOfWeek,
} from "../../../subgraphs/health/opening-hours.rules.ts";
import { normaliseName, toWorkingSpans } from "../../../subgraphs/health/practitioner.rules.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import type {
  FacilityTable,
  HealthTables,
  PractitionerRoleTable,
  PractitionerTable,
} from "../../../subgraphs/health/tables.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const place = { latitude: 25.2048, longitude: 55.2708 };
const at = "2026-07-01T10:00:00+04:00";

test.each([
  ["أحمد", "احمد"],
  ["فَاطِمَة", "فاطمه"],
  ["سلمى", "سلمي"],
  ["Zoë  O'Neil", "zoe o neil"],
])("%s is compared as %s", (name, compared) => {
  expect(normaliseName(name)).toBe(compared);
});

test("working times by day say the same as intervals of the week", () => {
  const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 10_080 }), {
    minLength: 2,
    maxLength: 12,
  });
  fc.assert(
    fc.property(minutes, fc.integer({ min: 0, max: 10_079 }), (edges, minute) => {
      const sorted = edges.toSorted((a, b) => a - b);
      const hours = sorted.flatMap((from, index) =>
        index % 2 === 0 && sorted[index + 1] ? [[from, Number(sorted[index + 1])] as const] : [],
      );
      const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
      const works = toWorkingSpans(hours).some(({ weekday, from, to }) => {
        const ofDay = minute - (weekday - 1) * 1_440;
        return minutesOf(from) <= ofDay && ofDay < minutesOf(to);
      });
      expect(works).toBe(hours.some(([from, to]) => from <= minute && minute < to));
    }),
  );
});

describe.each(databases)("doctors on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  let doctors: PractitionerTable[];
  let roles: PractitionerRoleTable[];
  let facilities: Map<string, FacilityTable>;
  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind);
    const db: Kysely<HealthTables> = health.database.db;
    doctors = await db.selectFrom("practitioner").selectAll().orderBy("id").execute();
    roles = await db.selectFrom("practitioner_role").selectAll().orderBy("id").execute();
    const rows = await db.selectFrom("facility").selectAll().execute();
    facilities = new Map(rows.map((row) => [row.id, row]));
  });
  afterAll(() => health[Symbol.asyncDispose]());

  const ask = async (query: string, variables: object = {}) => {
    health.database.statements.length = 0;
    const { data, errors } = await health.ask(query, { variables: { ...variables } });
    expect(errors).toBeUndefined();
    return data;
  };
  const rolesOf = (id: string) => roles.filter((one) => one.practitioner_id === id);
  const listIds = `query ($filter: PractitionerFilter, $after: String) {
    practitioners(filter: $filter, first: 100, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`;
  const idsFor = async (filter: object): Promise<string[]> => {
    const ids: string[] = [];
    for (let after: string | null = null; ;) {
      const { practitioners } = await ask(listIds, { filter, after });
      ids.push(...practitioners.nodes.map(({ id }: { id: string }) => id));
      if (!practitioners.pageInfo.hasNextPage) {
        expect(practitioners.totalCount).toBe(ids.length);
        return ids;
      }
      after = practitioners.pageInfo.endCursor;
    }
  };

  test("there are hundreds, all samples, at real facilities, and nobody is in two places at once", () => {
    expect(doctors.length).toBeGreaterThan(500);
    expect(doctors.every(({ sample }) => sample)).toBe(true);
    expect(roles.some(({ id }) => id.endsWith("-2"))).toBe(true);
    for (const doctor of doctors) {
      const hours = rolesOf(doctor.id).map((one) => fromMultirange(one.working_minutes));
      expect(hours.length).toBeGreaterThan(0);
      const [first = [], second = []] = hours;
      const overlap = first.some(([from, to]) => second.some(([a, b]) => a < to && from < b));
      expect(overlap).toBe(false);
    }
    expect(roles.every((one) => facilities.has(one.facility_id))).toBe(true);
  });

  test.each([
    ["speciality", { speciality: "DERMATOLOGY" }],
    ["speciality in Arabic", { speciality: "طب الأطفال" }],
    ["gender", { gender: "FEMALE", speciality: "Pediatrics" }],
    ["languages", { languages: ["ar", "fr"] }],
    ["time", { availableAt: "2026-07-02T23:30:00+04:00" }],
    ["time and speciality of one role", { availableAt: at, speciality: "Dermatology" }],
  ])("are found by %s as a plain search of all rows finds them", async (_, filter) => {
    const wanted: {
      speciality?: string;
      gender?: string;
      languages?: string[];
      availableAt?: string;
    } = filter;
    const speciality = wanted.speciality?.toLowerCase();
    const expected = doctors.filter(
      (doctor) =>
        (!wanted.gender || doctor.gender === wanted.gender) &&
        (wanted.languages ?? []).every((one) => doctor.languages.includes(one)) &&
        rolesOf(doctor.id).some(
          (one) =>
            (!speciality ||
              one.speciality_en.toLowerCase() === speciality ||
              one.speciality_ar === speciality) &&
            (!wanted.availableAt ||
              isOpen(fromMultirange(one.working_minutes), Date.parse(wanted.availableAt))),
        ),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(doctors.length);
    expect(await idsFor(filter)).toEqual(expected.map(({ id }) => id));
  });

  test.each(["Dr. AHMED", "أحمد", "احمد", "د. أَحمد"])(
    "%s finds every doctor of that name, in either language",
    async (text) => {
      const expected = doctors.filter(({ name_en }) => /\bAhmed\b/.test(name_en));
      expect(expected.length).toBeGreaterThan(0);
      expect(await idsFor({ text })).toEqual(expected.map(({ id }) => id));
    },
  );

  test("a percent sign is no wildcard", async () => {
    expect(await idsFor({ text: "zz%" })).toEqual([]);
  });

  test("doctors around a place come nearest first, each once, page by page", async () => {
    const query = `query ($location: LocationInput!, $after: String, $filter: PractitionerFilter) {
      practitionersNear(location: $location, radiusMeters: 3000, first: 7, after: $after, filter: $filter) {
        totalCount nodes { distanceMeters practitioner { id } role { id facility { id } } } pageInfo { hasNextPage endCursor } } }`;
    const filter = { gender: "FEMALE" };
    const seen: { id: string; distance: number; role: string }[] = [];
    let total = 0;
    for (let after: string | null = null; ;) {
      const { practitionersNear: found } = await ask(query, { location: place, after, filter });
      expect(health.database.statements.length).toBeLessThanOrEqual(4);
      for (const node of found.nodes) {
        seen.push({
          id: node.practitioner.id,
          distance: node.distanceMeters,
          role: node.role.facility.id,
        });
      }
      total = found.totalCount;
      if (!found.pageInfo.hasNextPage) break;
      after = found.pageInfo.endCursor;
    }
    const expected = doctors
      .filter(({ gender }) => gender === "FEMALE")
      .flatMap(({ id }) => {
        const distances = rolesOf(id).flatMap((one) => {
          const { latitude, longitude } = facilities.get(one.facility_id) as FacilityTable;
          if (latitude === null || longitude === null) return [];
          return [distanceMeters(place, { latitude, longitude })];
        });
        const distance = Math.min(...distances);
        return distance <= 3_000 ? [{ id, distance: Math.round(distance) }] : [];
      })
      .toSorted((a, b) => a.distance - b.distance);
    expect(expected.length).toBeGreaterThan(14);
    expect(seen.map(({ distance }) => distance)).toEqual(expected.map(({ distance }) => distance));
    expect(new Set(seen.map(({ id }) => id))).toEqual(new Set(expected.map(({ id }) => id)));
    expect(total).toBe(expected.length);
  });

  test("doctors of many facilities, their roles and times cost one statement a level", async () => {
    const data = await ask(
      `{ facilities(first: 50, filter: { kinds: [HOSPITAL] }) { nodes { id practitioners(first: 2, filter: { availableAt: "${at}" }) { totalCount nodes { id roles { id speciality { ar } available(at: "${at}") workingTimes { weekday from to } facility { id } practitioner { id } } } } } } }`,
    );
    // Facilities; their doctors; counts; roles; and of the roles, facilities and doctors.
    expect(health.database.statements).toHaveLength(6);
    const minute = minuteOfWeek(Date.parse(at));
    const hospitals = data.facilities.nodes as {
      id: string;
      practitioners: { totalCount: number; nodes: { id: string; roles: { id: string }[] }[] };
    }[];
    for (const { id, practitioners } of hospitals) {
      const working = roles.filter(
        (one) =>
          one.facility_id === id &&
          fromMultirange(one.working_minutes).some(([from, to]) => from <= minute && minute < to),
      );
      const ids = [...new Set(working.map((one) => one.practitioner_id))];
      expect(practitioners.totalCount).toBe(ids.length);
      expect(practitioners.nodes.map((node) => node.id)).toEqual(ids.slice(0, 2));
    }
    const two = hospitals.flatMap(({ practitioners }) => practitioners.nodes);
    expect(two.length).toBeGreaterThan(10);
    for (const { id, roles: told } of two) {
      expect(told.map((one) => one.id)).toEqual(rolesOf(id).map((one) => one.id));
    }
  });

  test("representations of doctors and roles are resolved in batches", async () => {
    const representations = [
      { __typename: "Practitioner", id: doctors[3]?.id },
      { __typename: "PractitionerRole", id: roles[5]?.id },
      { __typename: "Practitioner", id: "dr-nobody" },
      { __typename: "PractitionerRole", id: roles[6]?.id },
    ];
    const { _entities } = await ask(
      "query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Practitioner { id sample } ... on PractitionerRole { id } } }",
      { representations },
    );
    expect(_entities).toEqual([
      { id: doctors[3]?.id, sample: true },
      { id: roles[5]?.id },
      null,
      { id: roles[6]?.id },
    ]);
    expect(health.database.statements).toHaveLength(2);
    expect((await ask('{ practitioner(id: "dr-nobody") { id } }')).practitioner).toBeNull();
  });

  test.each([
    ['practitioners(filter: { languages: ["Arabic"] }) { totalCount }', "ISO 639"],
    [`practitioners(filter: { text: "${"x".repeat(101)}" }) { totalCount }`, "100 characters"],
    [
      "practitionersNear(location: { latitude: 91, longitude: 0 }) { totalCount }",
      "location.latitude",
    ],
    [
      "practitionersNear(location: { latitude: 25, longitude: 55 }, radiusMeters: 10000000) { totalCount }",
      "radiusMeters",
    ],
  ])("%s is refused", async (field, message) => {
    const { errors } = await health.ask(`{ ${field} }`);
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain(message);
  });
});
