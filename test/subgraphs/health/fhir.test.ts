import fc from "fast-check";
import type { Kysely } from "kysely";
import { describe, expect, test } from "vitest";
import {
  accessibilityFeatures,
  facilityServices,
} from "../../../subgraphs/health/facility-details.rules.ts";
import { readBundle } from "../../../subgraphs/health/fhir-read.rules.ts";
import { type Directory, toBundle } from "../../../subgraphs/health/fhir-write.rules.ts";
import { compileHours } from "../../../subgraphs/health/hours-compilation.rules.ts";
import { parseOpeningHours } from "../../../subgraphs/health/opening-hours-text.rules.ts";
import { regularWeek, toMultirange } from "../../../subgraphs/health/opening-hours.rules.ts";
import { normaliseName } from "../../../subgraphs/health/practitioner.rules.ts";
import { sampleHours } from "../../../subgraphs/health/sample-hours.rules.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import { facilityKinds, type HealthTables } from "../../../subgraphs/health/tables.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph } from "../../support/start-subgraph.ts";

const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .map((value) => value.trim())
  .filter((value) => value !== "");
const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const hours = fc.constantFrom(...new Set(Object.values(sampleHours).flat()));

const facility = fc
  .record({
    id,
    agency_id: id,
    licence_number: text,
    licence_type_en: text,
    licence_type_ar: text,
    kind: fc.constantFrom(...facilityKinds),
    name_en: text,
    name_ar: text,
    speciality: fc.option(fc.tuple(text, text)),
    address: fc.oneof(text, fc.constant("")),
    area: fc.oneof(text, fc.constant("")),
    phone: fc.option(fc.constantFrom("+97143786666", "+971501234567")),
    website: fc.option(fc.webUrl({ withQueryParameters: true })),
    place: fc.option(
      fc.record({
        latitude: fc.double({ min: -90, max: 90, noNaN: true }).map((value) => value + 0),
        longitude: fc.double({ min: -180, max: 180, noNaN: true }).map((value) => value + 0),
      }),
    ),
    hours_text: hours,
    ramadan_hours_text: fc.option(hours),
    hours_sample: fc.boolean(),
    services: fc.uniqueArray(fc.constantFrom(...facilityServices), { maxLength: 3 }),
    languages: fc.uniqueArray(fc.constantFrom("ar", "en", "hi", "fil")),
    insurance_networks: fc.uniqueArray(text, { maxLength: 2 }),
    accessibility: fc.uniqueArray(fc.constantFrom(...accessibilityFeatures), { maxLength: 3 }),
    photos: fc.uniqueArray(fc.webUrl(), { maxLength: 2 }),
    emergency: fc.boolean(),
    details_sample: fc.boolean(),
  })
  .map(({ speciality, place, ...row }) => ({
    ...row,
    speciality_en: speciality?.[0] ?? null,
    speciality_ar: speciality?.[1] ?? null,
    latitude: place?.latitude ?? null,
    longitude: place?.longitude ?? null,
    ...compileHours(row).stored,
  }));

const practitioner = fc
  .record({
    id,
    licence_number: text,
    name_en: text,
    name_ar: text,
    gender: fc.constantFrom("FEMALE" as const, "MALE" as const),
    languages: fc.uniqueArray(fc.constantFrom("ar", "en", "hi", "fil")),
    active: fc.boolean(),
    sample: fc.boolean(),
  })
  .map((row) => ({ ...row, search_text: normaliseName(`${row.name_en} ${row.name_ar}`) }));

const directory = fc
  .record({
    facilities: fc.uniqueArray(facility, { minLength: 1, maxLength: 4, selector: (one) => one.id }),
    practitioners: fc.uniqueArray(practitioner, {
      minLength: 1,
      maxLength: 4,
      selector: (one) => one.id,
    }),
  })
  .chain(({ facilities, practitioners }) => {
    const role = fc.record({
      id,
      practitioner_id: fc.constantFrom(...practitioners.map((one) => one.id)),
      facility_id: fc.constantFrom(...facilities.map((one) => one.id)),
      speciality_en: text,
      speciality_ar: text,
      working_minutes: fc.oneof(
        hours.map((one) => toMultirange(regularWeek(parseOpeningHours(one)))),
        fc.constant("{}"),
      ),
      active: fc.boolean(),
    });
    return fc.record({
      facilities: fc.constant(facilities),
      practitioners: fc.constant(practitioners),
      roles: fc.uniqueArray(role, { maxLength: 4, selector: (one) => one.id }),
    });
  });

const throughJson = (given: Directory): unknown => JSON.parse(JSON.stringify(toBundle(given)));

test("a round trip through FHIR loses nothing that the model holds", () => {
  fc.assert(
    fc.property(directory, (given) => {
      const read = readBundle(throughJson(given));
      expect(read.problems).toEqual([]);
      expect(read.outside).toEqual([]);
      expect(read.directory).toEqual(given);
    }),
  );
});

const sample = fc.sample(directory, { numRuns: 1, seed: 7 })[0] as Directory;
const roleless: Directory = { ...sample, practitioners: [], roles: [] };
const [first] = roleless.facilities;

/** The bundle of facilities with the first Location changed. */
function withLocation(change: object): unknown {
  const bundle = throughJson(roleless) as {
    entry: { resource: { resourceType: string; id: string } }[];
  };
  for (const entry of bundle.entry) {
    if (entry.resource.id !== first?.id || entry.resource.resourceType !== "Location") continue;
    entry.resource = { ...entry.resource, ...change };
  }
  return bundle;
}

describe("a problem is told by resource and element", () => {
  const hoursOf = (valueString: string) => ({
    extension: [
      { url: "urn:city-graph:opening-hours", valueString },
      { url: "urn:city-graph:opening-hours-sample", valueBoolean: false },
    ],
  });
  test.each([
    [{ position: { latitude: 91, longitude: 55 } }, "position.latitude", "<=90"],
    [{ alias: ["Other"] }, "alias", "is not held here"],
    [
      { position: { latitude: 25, longitude: 55, altitude: 3 } },
      "position.altitude",
      "is not held",
    ],
    [{ name: "" }, "name", "must not be empty"],
    [{ status: "suspended" }, "status", "active"],
    [hoursOf("Mo-Fr 25:00-26:00"), "extension(opening-hours).valueString", "character"],
    [
      { managingOrganization: { reference: "Agency/dha" } },
      "managingOrganization.reference",
      "Organization/",
    ],
  ])("%j", (change, element, message) => {
    const { problems } = readBundle(withLocation(change));
    expect(problems).toContainEqual({
      resource: `Location/${first?.id}`,
      element,
      message: expect.stringContaining(message),
    });
  });

  test("all of them at once, and the bundle's own", () => {
    const bundle = withLocation({ name: "", status: "x" }) as { entry: object[] };
    bundle.entry.push({ resource: { resourceType: "Patient", id: "p" } });
    const { problems } = readBundle(bundle);
    const elements = problems.map(({ element }) => element);
    expect(elements).toContain("name");
    expect(elements).toContain("status");
    expect(elements).toContain(`entry[${bundle.entry.length - 1}].resource.resourceType`);
    expect(readBundle([]).problems[0]?.resource).toBe("Bundle");
    expect(readBundle({ ...bundle, type: "transaction" }).problems[0]?.element).toBe("type");
  });

  test("references outside of the bundle are listed for the database to answer", () => {
    const [role] = throughJson(sample) ? sample.roles : [];
    const alone = { facilities: [], practitioners: [], roles: role ? [role] : [] };
    expect(readBundle(throughJson(alone)).outside.map((one) => one.id)).toEqual([
      `Practitioner/${role?.practitioner_id}`,
      `Location/${role?.facility_id}`,
    ]);
  });
});

test.each(databases)(
  "everything there is leaves as a bundle and reads back on $kind",
  async ({ kind }) => {
    await using health = await startSubgraph(subgraph, kind);
    const db: Kysely<HealthTables> = health.database.db;
    const read = async (file: string) => {
      const response = await fetch(new URL(`/fhir/${file}`, health.url));
      expect(response.headers.get("content-type")).toContain("application/fhir+json");
      return readBundle(await response.json());
    };
    const facilities = await read("facilities.json");
    expect(facilities.problems).toEqual([]);
    expect(facilities.directory.facilities).toEqual(
      await db.selectFrom("facility").selectAll().orderBy("id").execute(),
    );
    const doctors = await read("practitioners.json");
    expect(doctors.problems).toEqual([]);
    expect(doctors.directory.practitioners).toEqual(
      await db.selectFrom("practitioner").selectAll().orderBy("id").execute(),
    );
    expect(doctors.directory.roles).toEqual(
      await db.selectFrom("practitioner_role").selectAll().orderBy("id").execute(),
    );
  },
);
