import fc from "fast-check";
import type { Kysely } from "kysely";
import { describe, expect, test } from "vitest";
import { readBundle } from "../../../subgraphs/health/fhir-read.rules.ts";
import { type Directory, toBundle } from "../../../subgraphs/health/fhir-write.rules.ts";
import type { Bundle } from "../../../subgraphs/health/fhir-schemas.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import type { HealthTables } from "../../../subgraphs/health/tables.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph } from "../../support/start-subgraph.ts";
import { directory } from "./fhir-arbitraries.ts";

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

const sample = fc.sample(
  directory.filter(({ roles }) => roles.length > 0),
  { numRuns: 1, seed: 7 },
)[0] as Directory;
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
    const entry = (withLocation(change) as Bundle).entry.findIndex(
      ({ resource }) => resource.resourceType === "Location" && resource.id === first?.id,
    );
    expect(problems).toContainEqual({
      resource: `Location/${first?.id}`,
      element,
      place: `Bundle.entry[${entry}].resource.${element}`,
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
