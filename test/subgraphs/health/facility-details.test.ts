import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import type { FacilityTable } from "../../../subgraphs/health/tables.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";

const dayAndNight = new Set(["24/7"]);
const hasAll = (held: readonly string[], wanted: readonly string[]) =>
  wanted.every((one) => held.includes(one));

describe.each(databases)("what facilities offer, on $kind,", ({ kind }) => {
  let health: StartedSubgraph;
  let all: FacilityTable[];
  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind);
    all = (await health.database.db
      .selectFrom("facility")
      .selectAll()
      .orderBy("id")
      .execute()) as FacilityTable[];
  });
  afterAll(() => health[Symbol.asyncDispose]());

  test("is shown, and marked as a sample while it is made up", async () => {
    const { data, errors } = await health.ask(
      `{ facility(id: "dha-0000035") { open24Hours specialities { en }
           details { services languages insuranceNetworks accessibility photos emergency sample } } }`,
    );
    expect(errors).toBeUndefined();
    const { details, specialities } = data.facility;
    expect(data.facility.open24Hours).toBe(true);
    expect(details).toMatchObject({ emergency: true, photos: [], sample: true });
    expect(details.services).toEqual(expect.arrayContaining(["SURGERY", "EMERGENCY_CARE"]));
    expect(specialities[0]).toEqual({ en: "Anesthesia" });
    const names = specialities.map(({ en }: { en: string }) => en);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each<[string, (row: FacilityTable) => boolean]>([
    [
      "services: [VACCINATION, HOME_DELIVERY]",
      (row) => hasAll(row.services, ["VACCINATION", "HOME_DELIVERY"]),
    ],
    ['languages: ["ml", "ar", "ml"]', (row) => hasAll(row.languages, ["ar", "ml"])],
    [
      'insuranceNetworks: ["Sample Comprehensive Network", "No Network"]',
      (row) => row.insurance_networks.includes("Sample Comprehensive Network"),
    ],
    [
      "accessibility: [LIFT, SIGN_LANGUAGE]",
      (row) => hasAll(row.accessibility, ["LIFT", "SIGN_LANGUAGE"]),
    ],
    ["emergency: true", (row) => row.emergency],
    ["emergency: false", (row) => !row.emergency],
    ["open24Hours: true", (row) => dayAndNight.has(row.hours_text)],
    [
      "open24Hours: false, kinds: [PHARMACY]",
      (row) => row.kind === "PHARMACY" && !dayAndNight.has(row.hours_text),
    ],
    [
      'emergency: true, services: [DIALYSIS], languages: ["hi"], accessibility: [ACCESSIBLE_TOILET]',
      (row) =>
        row.emergency &&
        row.services.includes("DIALYSIS") &&
        row.languages.includes("hi") &&
        row.accessibility.includes("ACCESSIBLE_TOILET"),
    ],
    ["services: [], languages: [], accessibility: []", () => true],
  ])("is filtered by { %s }", async (filter, fits) => {
    const { data, errors } = await health.ask(
      `{ facilities(first: 5, filter: { ${filter} }) { totalCount nodes { id } } }`,
    );
    expect(errors).toBeUndefined();
    const expected = all.filter(fits);
    expect(expected.length).toBeGreaterThan(0);
    expect(data.facilities.totalCount).toBe(expected.length);
    expect(data.facilities.nodes).toEqual(expected.slice(0, 5).map(({ id }) => ({ id })));
  });

  test.each([
    ['languages: ["Arabic"]', "filter.languages", "ISO 639"],
    [`languages: [${'"ar",'.repeat(21)}]`, "filter.languages", "up to 20"],
    ['insuranceNetworks: [""]', "filter.insuranceNetworks", "1 to 100 characters"],
  ])("{ %s } is refused by its argument", async (filter, argument, message) => {
    const { errors } = await health.ask(`{ facilities(filter: { ${filter} }) { totalCount } }`);
    expect(errors?.[0]?.message).toContain(message);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument });
  });

  test("names the specialities of many facilities by one statement", async () => {
    health.database.statements.length = 0;
    const { data } = await health.ask(
      "{ facilities(first: 50, filter: { kinds: [HOSPITAL] }) { nodes { specialities { en ar } } } }",
    );
    expect(data.facilities.nodes).toHaveLength(50);
    expect(health.database.statements).toHaveLength(2);
  });
});
