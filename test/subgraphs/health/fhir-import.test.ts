import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { toBundle } from "../../../subgraphs/health/fhir-write.rules.ts";
import { subgraph } from "../../../subgraphs/health/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";
import { directory } from "./fhir-arbitraries.ts";

const scopes = ["facilities:write"];
const agency = (agencyId: string, given = scopes): Principal => ({
  kind: "agency",
  id: `agency-${agencyId}`,
  agencyId,
  scopes: given,
  policies: [],
});
const dha = agency("dha");

const mutation = `mutation ($bundle: String!, $dryRun: Boolean) {
  importFhirBundle(bundle: $bundle, dryRun: $dryRun) {
    stored facilities practitioners roles problemCount problems { place resource message }
  }
}`;

/** All of one agency, with licences of their own, and no two roles that say the same. */
const ofDha = directory.map(({ facilities, practitioners, roles }) => ({
  facilities: facilities.map((one) => ({ ...one, agency_id: "dha", licence_number: `F${one.id}` })),
  practitioners: practitioners.map((one) => ({ ...one, licence_number: `P${one.id}` })),
  roles: roles.map((one) => ({ ...one, speciality_en: `${one.speciality_en} ${one.id}` })),
}));
const sample = fc.sample(
  ofDha.filter(({ facilities, roles }) => facilities.length > 1 && roles.length > 1),
  { numRuns: 1, seed: 5 },
)[0]!;

describe.each(databases)("a FHIR bundle taken in on $kind", ({ kind }) => {
  let health: StartedSubgraph;
  beforeAll(async () => {
    health = await startSubgraph(subgraph, kind, { seed: false });
  });
  afterAll(() => health[Symbol.asyncDispose]());

  const empty = () =>
    sql`truncate facility, facility_season, duty_shift, practitioner, practitioner_role`.execute(
      health.database.db,
    );
  const ask = (
    bundle: unknown,
    { dryRun = false, principal = dha }: { dryRun?: boolean; principal?: Principal | null } = {},
  ) =>
    health.ask(mutation, {
      variables: { bundle: typeof bundle === "string" ? bundle : JSON.stringify(bundle), dryRun },
      ...(principal ? { principal } : {}),
    });
  const take = async (bundle: unknown, options = {}) => {
    const { data, errors } = await ask(bundle, options);
    expect(errors).toBeUndefined();
    return data.importFhirBundle;
  };
  const written = async (): Promise<unknown> =>
    Promise.all(
      ["facilities", "practitioners"].map(async (file) =>
        (await fetch(new URL(`/fhir/${file}.json`, health.url))).json(),
      ),
    );

  test("leaves again as it came, with nothing lost", async () => {
    await fc.assert(
      fc.asyncProperty(ofDha, async (given) => {
        await empty();
        const bundle = toBundle(given);
        expect(await take(bundle)).toMatchObject({ stored: true, problems: [] });
        const [facilities, doctors] = (await written()) as [any, any];
        const sorted = (entries: readonly unknown[]) =>
          entries.map((entry) => JSON.stringify(entry)).toSorted();
        expect(sorted([...facilities.entry, ...doctors.entry])).toEqual(
          sorted(JSON.parse(JSON.stringify(bundle)).entry),
        );
        // What was written goes in again, and changes nothing.
        const before = await written();
        for (const one of before as unknown[])
          expect(await take(one)).toMatchObject({ stored: true });
        expect(await written()).toEqual(before);
      }),
      { numRuns: 15 },
    );
  });

  test("brings several specialities, by each of which the facility is found, and those of its doctors", async () => {
    await empty();
    const [first] = sample.facilities;
    const [doctor] = sample.practitioners;
    const [role] = sample.roles;
    const facility = {
      ...first!,
      speciality_en: "Cardiology",
      speciality_ar: "أمراض القلب",
      further_specialities_en: ["Family Medicine", 'Ear, "Nose" and Throat'],
      further_specialities_ar: ["طب الأسرة", "أنف وأذن وحنجرة"],
    };
    const practitioner = { ...doctor!, active: true };
    const at = { practitioner_id: practitioner.id, facility_id: facility.id, active: true };
    const roles = [{ ...role!, ...at, speciality_en: "Dermatology", speciality_ar: "جلدية" }];
    const given = { facilities: [facility], practitioners: [practitioner], roles };
    expect(await take(toBundle(given))).toMatchObject({ stored: true });
    const foundBy = async (speciality: string) => {
      const query =
        "query ($s: String) { facilities(filter: { speciality: $s }) { nodes { id specialities { en } } } }";
      return (await health.ask(query, { variables: { s: speciality } })).data.facilities.nodes;
    };
    const specialities = ["Cardiology", "Family Medicine", 'Ear, "Nose" and Throat', "Dermatology"];
    const asked = ["cardiology", "FAMILY MEDICINE", 'ear, "nose" and throat', "dermatology"];
    for (const one of [...asked, "أمراض القلب", "طب الأسرة", "جلدية"]) {
      expect(await foundBy(one)).toEqual([
        { id: facility.id, specialities: specialities.map((en) => ({ en })) },
      ]);
    }
    expect(await foundBy("Family")).toEqual([]);
    await health.database.db.updateTable("practitioner").set({ active: false }).execute();
    expect(await foundBy("Dermatology")).toEqual([]);
  });

  test("with a speciality that stands twice, or in a second resource, is refused with the place", async () => {
    await empty();
    const [first] = sample.facilities;
    const facility = { ...first!, speciality_en: "A", speciality_ar: "ا" };
    const further = { further_specialities_en: ["B", "A"], further_specialities_ar: ["ب", "ا"] };
    const facilities = [{ ...facility, ...further }];
    const bundle = toBundle({ facilities, practitioners: [], roles: [] });
    const service = bundle.entry.find(
      ({ resource }) => resource.resourceType === "HealthcareService",
    );
    const at = bundle.entry.indexOf(service!);
    expect((await take(bundle)).problems).toEqual([
      expect.objectContaining({ place: `Bundle.entry[${at}].resource.specialty[2].text` }),
    ]);
    const second = { ...service!, resource: { ...service!.resource, id: "another" } };
    const { problems } = await take({ ...bundle, entry: [...bundle.entry, second] });
    expect(problems.map(({ message }: { message: string }) => message)).toContainEqual(
      expect.stringContaining("put all into one resource"),
    );
  });

  test("replaces what has the same id, hours with their seasons too", async () => {
    await empty();
    const [first] = sample.facilities;
    const dated = { ...first!, hours_text: "Jun-Aug 07:00-14:00" };
    const alone = (row: object) =>
      toBundle({ facilities: [row as typeof dated], practitioners: [], roles: [] });
    await take(alone(dated));
    const seasons = () => health.database.db.selectFrom("facility_season").selectAll().execute();
    expect(await seasons()).not.toHaveLength(0);
    await take(
      alone({ ...dated, name_en: "Another name", hours_text: "24/7", ramadan_hours_text: null }),
    );
    expect(await seasons()).toHaveLength(0);
    const asked = `{ facility(id: "${dated.id}") { name { en } openNow } }`;
    expect((await health.ask(asked)).data.facility).toEqual({
      name: { en: "Another name" },
      openNow: true,
    });
  });

  test("is checked alone by a dry run", async () => {
    await empty();
    const before = await written();
    expect(await take(toBundle(sample), { dryRun: true })).toMatchObject({
      stored: false,
      facilities: sample.facilities.length,
      problemCount: 0,
    });
    expect(await written()).toEqual(before);
  });

  describe("with a problem changes nothing, and tells the place", () => {
    type Entry = { resource: Record<string, any> };
    const changed = (type: string, change: (resource: any) => void) => {
      const bundle = JSON.parse(JSON.stringify(toBundle(sample))) as { entry: Entry[] };
      const at = bundle.entry.findLastIndex(({ resource }) => resource["resourceType"] === type);
      change(bundle.entry[at]!.resource);
      return { bundle, at };
    };
    test.each([
      [
        "Location",
        "position.latitude",
        "<=90",
        (one: any): void => void (one.position = { latitude: 91, longitude: 55 }),
      ],
      [
        "Location",
        "extension(opening-hours).valueString",
        "character",
        (one: any): void => void (one.extension[0].valueString = "Mo-Fr 25:00-26:00"),
      ],
      [
        "Location",
        "extension(opening-hours).valueString",
        "up to 500 characters",
        (one: any): void =>
          void (one.extension[0].valueString = "Mo 09:00-10:00; ".repeat(40).trim()),
      ],
      [
        "Location",
        "identifier[0].value",
        "belongs to Location/",
        (one: any): void => void (one.identifier[0].value = sample.facilities[0]!.licence_number),
      ],
      [
        "Location",
        "managingOrganization.reference",
        "must be Organization/dha",
        (one: any): void => void (one.managingOrganization.reference = "Organization/dewa"),
      ],
      ["Location", "name", "half of a character", (one: any): void => void (one.name = "a\ud800")],
      [
        "PractitionerRole",
        "practitioner.reference",
        "There is no Practitioner/none",
        (one: any): void => void (one.practitioner.reference = "Practitioner/none"),
      ],
      [
        "PractitionerRole",
        "location[0].reference",
        "There is no Location/none",
        (one: any): void => void (one.location[0].reference = "Location/none"),
      ],
      [
        "PractitionerRole",
        "id",
        "stands twice",
        (one: any): void => void (one.id = sample.roles[0]!.id),
      ],
    ] as const)("%s %s: %s", async (type, element, message, change) => {
      await empty();
      const before = await written();
      const { bundle, at } = changed(type, change);
      const answer = await take(bundle);
      expect(answer.stored).toBe(false);
      expect(answer.problems).toContainEqual({
        place: `Bundle.entry[${at}].resource.${element}`,
        resource: expect.stringContaining(`${type}/`),
        message: expect.stringContaining(message),
      });
      expect(await written()).toEqual(before);
    });

    test("also of what is here already", async () => {
      await empty();
      await take(toBundle(sample));
      const before = await written();
      const { bundle } = changed("Location", (one) => (one.id = "another"));
      const answer = await take(bundle);
      expect(answer.problems.map((one: any) => one.message).join()).toContain(
        "belongs to Location/",
      );
      const stranger = toBundle({
        ...sample,
        facilities: sample.facilities.map((one) => ({ ...one, agency_id: "dewa" })),
      });
      const refused = await take(stranger, { principal: agency("dewa") });
      const messages = refused.problems.map((one: any) => one.message).join();
      expect(messages).toContain("another agency licensed");
      expect(messages).toContain("works at a facility of another agency");
      expect(messages).toContain("role at a facility of another agency");
      expect(await written()).toEqual(before);
    });
  });

  test.each([
    ["no JSON", "{", "is no JSON"],
    ["too many characters", " ".repeat(900_001), "up to 900000 characters"],
    [
      "too many entries",
      JSON.stringify({ entry: Array.from({ length: 1_001 }, () => 0) }),
      "up to 1000",
    ],
  ])("is refused when it is %s", async (_, bundle, message) => {
    const { errors } = await ask(bundle);
    expect(errors?.[0]?.message).toContain(message);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "bundle" });
  });

  test.each([
    ["nobody", null, "UNAUTHENTICATED"],
    ["a person", { kind: "person", id: "person-amal", scopes, policies: [] }, "FORBIDDEN"],
    ["a client without the scope", agency("dha", ["billing:read"]), "FORBIDDEN"],
  ] as const)("is refused to %s", async (_, principal, code) => {
    const { errors } = await ask(toBundle(sample), {
      principal: principal as Principal | null,
    });
    expect(errors?.[0]?.extensions.code).toBe(code);
  });
});
