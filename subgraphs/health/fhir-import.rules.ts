/**
 * Whether an agency may take a FHIR bundle in, and what in it contradicts the database: what was read of
 * the bundle and what is known → every problem, with its place. Pure.
 */
import type { FhirProblem, ReadDirectory } from "./fhir-read.rules.ts";
import type { FacilityTable, PractitionerRoleTable, PractitionerTable } from "./tables.ts";

/** Resources of one bundle, and characters of its text; the gateway takes a body of 1 MiB in all. */
export const maxEntries = 1_000;
export const maxBundleLength = 900_000;

/** Rows that a bundle may collide with, or refers to. */
export type Known = {
  readonly facilities: readonly Pick<FacilityTable, "id" | "licence_number" | "agency_id">[];
  /** `elsewhere` when they have a role at a facility of another agency. */
  readonly practitioners: readonly (Pick<PractitionerTable, "id" | "licence_number"> & {
    readonly elsewhere: boolean;
  })[];
  readonly roles: readonly (Pick<
    PractitionerRoleTable,
    "id" | "practitioner_id" | "facility_id" | "speciality_en"
  > & { readonly agency_id: string })[];
};

type Licensed = { readonly id: string; readonly licence_number: string };
type Tell = (resource: string, element: string, message: string) => void;

/** A licence number belongs to one id, in the bundle and here. */
function checkLicences(
  type: "Location" | "Practitioner",
  given: readonly Licensed[],
  known: readonly Licensed[],
  tell: Tell,
): void {
  const owners = new Map(known.map(({ id, licence_number }) => [licence_number, id]));
  for (const { id, licence_number } of given) {
    const owner = owners.get(licence_number);
    if (owner !== undefined && owner !== id) {
      const message = `licence number ${licence_number} belongs to ${type}/${owner}: correct one of them.`;
      tell(`${type}/${id}`, "identifier[0].value", message);
    }
    owners.set(licence_number, owner ?? id);
  }
}

const engagementOf = (
  role: Pick<PractitionerRoleTable, "practitioner_id" | "facility_id" | "speciality_en">,
): string => JSON.stringify([role.practitioner_id, role.facility_id, role.speciality_en]);

function checkRoles(agencyId: string, read: ReadDirectory, known: Known, tell: Tell): void {
  const { roles } = read.directory;
  const before = new Map(known.roles.map((role) => [role.id, role]));
  const engaged = new Map(known.roles.map((role) => [engagementOf(role), role.id]));
  const others = new Set(
    known.facilities.filter(({ agency_id }) => agency_id !== agencyId).map(({ id }) => id),
  );
  for (const role of roles) {
    const resource = `PractitionerRole/${role.id}`;
    const owner = before.get(role.id);
    if (owner && owner.agency_id !== agencyId) {
      tell(resource, "id", "is a role at a facility of another agency: take another id.");
    }
    if (others.has(role.facility_id)) {
      tell(resource, "location[0].reference", "is a facility that another agency licensed.");
    }
    const holder = engaged.get(engagementOf(role));
    if (holder !== undefined && holder !== role.id) {
      const message = `PractitionerRole/${holder} says this of the same doctor and facility already.`;
      tell(resource, "specialty[0]", message);
    }
    engaged.set(engagementOf(role), holder ?? role.id);
  }
}

/** @returns every problem, in no particular order; none when the bundle may be stored as it is. */
export function problemsOfImport(
  agencyId: string,
  read: ReadDirectory,
  known: Known,
): readonly FhirProblem[] {
  const problems = [...read.problems];
  const tell: Tell = (resource, element, message) =>
    void problems.push(read.locate({ resource, element, message }));
  const { facilities, practitioners } = read.directory;
  const foreign = new Map(known.facilities.map((one) => [one.id, one.agency_id]));
  for (const { id, agency_id } of facilities) {
    if (agency_id !== agencyId) {
      const message = `must be Organization/${agencyId}: an agency brings in what it licensed itself.`;
      tell(`Location/${id}`, "managingOrganization.reference", message);
    } else if ((foreign.get(id) ?? agencyId) !== agencyId) {
      tell(`Location/${id}`, "id", "is a facility that another agency licensed.");
    }
  }
  checkLicences("Location", facilities, known.facilities, tell);
  checkLicences("Practitioner", practitioners, known.practitioners, tell);
  const elsewhere = new Set(known.practitioners.filter((one) => one.elsewhere).map(({ id }) => id));
  for (const { id } of practitioners) {
    if (!elsewhere.has(id)) continue;
    const message = "works at a facility of another agency too: leave the doctor out.";
    tell(`Practitioner/${id}`, "id", message);
  }
  checkRoles(agencyId, read, known, tell);
  const here = new Set([
    ...known.facilities.map(({ id }) => `Location/${id}`),
    ...known.practitioners.map(({ id }) => `Practitioner/${id}`),
  ]);
  for (const { id, problem } of read.outside) if (!here.has(id)) problems.push(problem);
  return problems;
}
