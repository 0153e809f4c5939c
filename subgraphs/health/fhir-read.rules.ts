/**
 * A FHIR R4 Bundle → rows of facilities and doctors, or every problem by resource and element. Pure.
 * What refers to resources outside of the bundle is listed, for the database to say whether they exist.
 */
import type { z } from "zod";
import {
  bundleSchema,
  extensionUrls,
  type LocationResource,
  type PractitionerResource,
  type PractitionerRoleResource,
  type Resource,
  resourceSchemas,
  type ResourceType,
  weekdays,
} from "./fhir-schemas.ts";
import type { Directory } from "./fhir-write.rules.ts";
import { compileHours, type HoursTexts } from "./hours-compilation.rules.ts";
import { maxHoursLength } from "./hours-correction.rules.ts";
import { parseOpeningHours } from "./opening-hours-text.rules.ts";
import { minutesPerDay, toMultirange, toWeeklyHours } from "./opening-hours.rules.ts";
import { normaliseName } from "./practitioner.rules.ts";
import type { FacilityTable, PractitionerRoleTable, PractitionerTable } from "./tables.ts";

type Problem = {
  /** `Location/dha-1`, or `Bundle` when it is none of its resources. */
  readonly resource: string;
  /** FHIR's path within the resource, for example position.latitude. */
  readonly element: string;
  readonly message: string;
};

/** With its place from the root, for example `Bundle.entry[3].resource.position.latitude`. */
export type FhirProblem = Problem & { readonly place: string };

export type ReadDirectory = {
  readonly directory: Directory;
  /** What is referred to and not in the bundle, with who refers to it. */
  readonly outside: readonly { readonly id: string; readonly problem: FhirProblem }[];
  readonly problems: readonly FhirProblem[];
  /** Tells the place of a problem that the bundle alone does not show. */
  readonly locate: (problem: Problem) => FhirProblem;
};

const lastPart = ({ reference }: { readonly reference: string }): string =>
  reference.slice(reference.indexOf("/") + 1);

const arabicOf = (translated: LocationResource["_name"]): string =>
  translated.extension[0].extension[1].valueString;

const elementOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .slice(1);

function problemsOf(resource: string, issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          resource,
          element: elementOf([...issue.path, key]),
          message: "is not held here: leave it out.",
        }))
      : [{ resource, element: elementOf(issue.path), message: issue.message }],
  );
}

type LocationExtension = LocationResource["extension"][number];
type ExtensionOf<Url> = Extract<LocationExtension, { readonly url: Url }>;

const extensionsOf = <Url extends LocationExtension["url"]>(
  { extension }: LocationResource,
  url: Url,
): ExtensionOf<Url>[] =>
  extension.filter((one): one is ExtensionOf<Url> & LocationExtension => one.url === url);

function readHoursText(
  resource: LocationResource,
  url: typeof extensionUrls.openingHours | typeof extensionUrls.ramadanHours,
  problems: Problem[],
): string | null {
  const text = extensionsOf(resource, url)[0]?.valueString ?? null;
  if (text === null) return null;
  const element = `extension(${url.slice(url.lastIndexOf(":") + 1)}).valueString`;
  try {
    if (text.length > maxHoursLength) {
      throw new RangeError(`may have up to ${maxHoursLength} characters, not ${text.length}.`);
    }
    parseOpeningHours(text);
    return text;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    problems.push({ resource: `Location/${resource.id}`, element, message });
    return null;
  }
}

/** What does not parse is a problem; the row is then whole, and not used. */
const readHours = (resource: LocationResource, problems: Problem[]): HoursTexts => ({
  hours_text: readHoursText(resource, extensionUrls.openingHours, problems) ?? "off",
  ramadan_hours_text: readHoursText(resource, extensionUrls.ramadanHours, problems),
});

const readDetails = (resource: LocationResource) => ({
  services: extensionsOf(resource, extensionUrls.service).map((one) => one.valueCode),
  languages: extensionsOf(resource, extensionUrls.spoken).map((one) => one.valueCode),
  insurance_networks: extensionsOf(resource, extensionUrls.insuranceNetwork).map(
    (one) => one.valueString,
  ),
  accessibility: extensionsOf(resource, extensionUrls.accessibility).map((one) => one.valueCode),
  photos: extensionsOf(resource, extensionUrls.photo).map((one) => one.valueUrl),
  emergency: extensionsOf(resource, extensionUrls.emergency)[0]?.valueBoolean ?? false,
  details_sample: extensionsOf(resource, extensionUrls.detailsSample)[0]?.valueBoolean ?? false,
});

type Bilingual = { readonly en: string; readonly ar: string };

function toFacility(
  resource: LocationResource,
  [speciality, ...further]: readonly Bilingual[],
  problems: Problem[],
): FacilityTable {
  const [type] = resource.type;
  const texts = readHours(resource, problems);
  const reach = (system: "phone" | "url") =>
    resource.telecom?.find((one) => one.system === system)?.value ?? null;
  return {
    id: resource.id,
    agency_id: lastPart(resource.managingOrganization),
    licence_number: resource.identifier[0].value,
    licence_type_en: type.text,
    licence_type_ar: arabicOf(type._text),
    kind: type.coding[0].code,
    name_en: resource.name,
    name_ar: arabicOf(resource._name),
    speciality_en: speciality?.en ?? null,
    speciality_ar: speciality?.ar ?? null,
    further_specialities_en: further.map(({ en }) => en),
    further_specialities_ar: further.map(({ ar }) => ar),
    address: resource.address?.text ?? "",
    area: resource.address?.district ?? "",
    phone: reach("phone"),
    website: reach("url"),
    latitude: resource.position?.latitude ?? null,
    longitude: resource.position?.longitude ?? null,
    ...texts,
    hours_sample:
      extensionsOf(resource, extensionUrls.openingHoursSample)[0]?.valueBoolean ?? false,
    ...compileHours(texts).stored,
    ...readDetails(resource),
  };
}

function toPractitioner(resource: PractitionerResource): PractitionerTable {
  const [name] = resource.name;
  const arabic = arabicOf(name._text);
  return {
    id: resource.id,
    licence_number: resource.identifier[0].value,
    name_en: name.text,
    name_ar: arabic,
    search_text: normaliseName(`${name.text} ${arabic}`),
    gender: resource.gender === "female" ? "FEMALE" : "MALE",
    languages: (resource.communication ?? []).map(({ coding }) => coding[0].code),
    active: resource.active,
    sample: resource.meta !== undefined,
  };
}

const minuteOfDay = (time: string): number =>
  time === "23:59:59" ? minutesPerDay : Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

function toRole(resource: PractitionerRoleResource): PractitionerRoleTable {
  const times = resource.availableTime ?? [];
  const days = weekdays.map((day) =>
    times
      .filter(({ daysOfWeek }) => daysOfWeek[0] === day)
      .map(({ availableStartTime, availableEndTime }) => ({
        from: minuteOfDay(availableStartTime),
        to: minuteOfDay(availableEndTime),
      })),
  );
  const [specialty] = resource.specialty;
  return {
    id: resource.id,
    practitioner_id: lastPart(resource.practitioner),
    facility_id: lastPart(resource.location[0]),
    speciality_en: specialty.text,
    speciality_ar: arabicOf(specialty._text),
    working_minutes: toMultirange(toWeeklyHours(days)),
    active: resource.active,
  };
}

const isType = (type: unknown): type is ResourceType =>
  typeof type === "string" && Object.hasOwn(resourceSchemas, type);

function readResource(given: Record<string, unknown>, at: number, problems: Problem[]): Resource[] {
  const { resourceType, id } = given;
  if (!isType(resourceType)) {
    const element = `entry[${at}].resource.resourceType`;
    const held = Object.keys(resourceSchemas).join(", ");
    problems.push({ resource: "Bundle", element, message: `must be one of ${held}.` });
    return [];
  }
  const parsed = resourceSchemas[resourceType].safeParse(given);
  if (parsed.success) return [parsed.data];
  const name = typeof id === "string" ? `${resourceType}/${id}` : `${resourceType} at entry[${at}]`;
  problems.push(...problemsOf(name, parsed.error.issues));
  return [];
}

const ofType = <Type extends ResourceType>(resources: readonly Resource[], type: Type) =>
  resources.filter(
    (one): one is Extract<Resource, { readonly resourceType: Type }> => one.resourceType === type,
  );

const nothing: Directory = { facilities: [], practitioners: [], roles: [] };

const nameOf = (resource: Readonly<Record<string, unknown>>): string =>
  `${String(resource["resourceType"])}/${String(resource["id"])}`;

type Locate = ReadDirectory["locate"];

/** The last entry of a name: of two alike, the second is the problem. */
function createLocate(entries: readonly Readonly<Record<string, unknown>>[]): Locate {
  const places = new Map(entries.map((resource, at) => [nameOf(resource), at]));
  return (problem) => {
    const nameless = /at entry\[(\d+)\]$/.exec(problem.resource)?.[1];
    const at = nameless ?? places.get(problem.resource);
    const root = at === undefined ? "Bundle" : `Bundle.entry[${at}].resource`;
    return { ...problem, place: problem.element === "" ? root : `${root}.${problem.element}` };
  };
}

/** Names that stand twice, and specialities that are not held as they are given. */
function problemsBetween(resources: readonly Resource[]): Problem[] {
  const problems: Problem[] = [];
  const here = new Set<string>();
  for (const resource of resources.map(nameOf)) {
    if (here.has(resource)) problems.push({ resource, element: "id", message: "stands twice." });
    here.add(resource);
  }
  const served = new Set<string>();
  for (const { id, location, specialty } of ofType(resources, "HealthcareService")) {
    const [{ reference }] = location;
    const tell = (element: string, message: string) =>
      problems.push({ resource: `HealthcareService/${id}`, element, message });
    const wanted = `${lastPart(location[0])}-main`;
    if (!here.has(reference)) {
      tell(
        "location[0].reference",
        `${reference} is not in the bundle: specialities come with their Location.`,
      );
    } else if (served.has(reference)) {
      const message = `${reference} has its specialities already: put all into one resource.`;
      tell("location[0].reference", message);
    } else if (id !== wanted) tell("id", `must be ${wanted}: other ids are not held.`);
    served.add(reference);
    const texts = specialty.map(({ text }) => text);
    const again = texts.findIndex((text, at) => texts.indexOf(text) < at);
    if (again >= 0) tell(`specialty[${again}].text`, "stands twice.");
  }
  for (const { id, identifier } of ofType(resources, "Organization")) {
    if (identifier[0].value === id) continue;
    const message = `must be ${id}, as the resource's id: another is not held.`;
    problems.push({ resource: `Organization/${id}`, element: "identifier[0].value", message });
  }
  return problems;
}

/** What roles refer to, and the bundle does not hold. */
const outsideOf = (resources: readonly Resource[], locate: Locate): ReadDirectory["outside"] => {
  const here = new Set(resources.map(nameOf));
  return ofType(resources, "PractitionerRole").flatMap((one) =>
    (
      [
        ["practitioner", one.practitioner],
        ["location[0]", one.location[0]],
      ] as const
    )
      .filter(([, { reference }]) => !here.has(reference))
      .map(([element, { reference }]) => ({
        id: reference,
        problem: locate({
          resource: `PractitionerRole/${one.id}`,
          element: `${element}.reference`,
          message: `There is no ${reference}, neither in the bundle nor here.`,
        }),
      })),
  );
};

/** @param given JSON, already parsed. */
export function readBundle(given: unknown): ReadDirectory {
  const bundle = bundleSchema.safeParse(given);
  if (!bundle.success) {
    const locate = createLocate([]);
    const problems = problemsOf("Bundle", bundle.error.issues).map(locate);
    return { directory: nothing, outside: [], problems, locate };
  }
  const entries = bundle.data.entry.map(({ resource }) => resource);
  const locate = createLocate(entries);
  const problems: Problem[] = [];
  const resources = entries.flatMap((resource, at) => readResource(resource, at, problems));
  problems.push(...problemsBetween(resources));
  const services = new Map(
    ofType(resources, "HealthcareService").map((one) => [
      lastPart(one.location[0]),
      one.specialty.map(({ text, _text }) => ({ en: text, ar: arabicOf(_text) })),
    ]),
  );
  const directory = {
    facilities: ofType(resources, "Location").map((one) =>
      toFacility(one, services.get(one.id) ?? [], problems),
    ),
    practitioners: ofType(resources, "Practitioner").map(toPractitioner),
    roles: ofType(resources, "PractitionerRole").map(toRole),
  };
  const outside = outsideOf(resources, locate);
  return { directory, outside, problems: problems.map(locate), locate };
}
