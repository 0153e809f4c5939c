/**
 * The parts of five FHIR R4 resources (4.0.1) that the health subgraph holds, as zod schemas: Location,
 * Organization, HealthcareService, Practitioner, PractitionerRole, and the Bundle around them. Elements
 * that are not held are refused by name, never dropped in silence: what is taken in comes out again.
 * The official JSON schema would let all of them pass and lose them.
 */
import { z } from "zod";
import { accessibilityFeatures, facilityServices } from "./facility-details.rules.ts";
import { finestDegrees } from "./geo.rules.ts";

/** Identifies resources within bundles; it is no address to fetch from. */
export const fhirBase = "https://health.city-graph.invalid/fhir";

export const systems = {
  agency: "urn:city-graph:agency",
  facilityLicence: "urn:city-graph:facility-licence",
  facilityKind: "urn:city-graph:facility-kind",
  professionalLicence: "urn:city-graph:professional-licence",
  language: "urn:ietf:bcp:47",
} as const;

export const extensionUrls = {
  translation: "http://hl7.org/fhir/StructureDefinition/translation",
  openingHours: "urn:city-graph:opening-hours",
  openingHoursSample: "urn:city-graph:opening-hours-sample",
  ramadanHours: "urn:city-graph:ramadan-hours",
  service: "urn:city-graph:service",
  spoken: "urn:city-graph:language",
  insuranceNetwork: "urn:city-graph:insurance-network",
  accessibility: "urn:city-graph:accessibility",
  photo: "urn:city-graph:photo",
  emergency: "urn:city-graph:emergency",
  detailsSample: "urn:city-graph:details-sample",
} as const;

const id = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/, "must be 1 to 64 letters, digits, - or .");
const text = z
  .string()
  .min(1, "must not be empty")
  .refine((value) => value.trim() === value, "must not begin or end with white space")
  // The database holds neither.
  .refine(
    (value) => value.isWellFormed() && !value.includes("\0"),
    "must not hold the character NUL, nor half of a character",
  );

const languageCode = z.string().regex(/^[a-z]{2,3}$/, "must be an ISO 639 code, for example ar");

const arabic = z.strictObject({
  extension: z.tuple([
    z.strictObject({
      url: z.literal(extensionUrls.translation),
      extension: z.tuple([
        z.strictObject({ url: z.literal("lang"), valueCode: z.literal("ar") }),
        z.strictObject({ url: z.literal("content"), valueString: text }),
      ]),
    }),
  ]),
});
/** English as `text`, Arabic as its translation. */
const concept = z.strictObject({ text, _text: arabic });
const identifier = (system: string) =>
  z.tuple([z.strictObject({ system: z.literal(system), value: text })]);
const reference = (type: string) =>
  z.strictObject({
    reference: z.string().regex(new RegExp(`^${type}/[A-Za-z0-9\\-.]{1,64}$`), {
      error: `must be ${type}/ and an id`,
    }),
  });

export const organizationSchema = z.strictObject({
  resourceType: z.literal("Organization"),
  id,
  identifier: identifier(systems.agency),
});

const stringExtension = <Url extends string>(url: Url) =>
  z.strictObject({ url: z.literal(url), valueString: text });
const booleanExtension = <Url extends string>(url: Url) =>
  z.strictObject({ url: z.literal(url), valueBoolean: z.boolean() });
const codeExtension = <Url extends string, Code extends z.ZodType<string>>(url: Url, code: Code) =>
  z.strictObject({ url: z.literal(url), valueCode: code });

const locationExtension = z.discriminatedUnion("url", [
  stringExtension(extensionUrls.openingHours),
  booleanExtension(extensionUrls.openingHoursSample),
  stringExtension(extensionUrls.ramadanHours),
  codeExtension(extensionUrls.service, z.enum(facilityServices)),
  codeExtension(extensionUrls.spoken, languageCode),
  stringExtension(extensionUrls.insuranceNetwork),
  codeExtension(extensionUrls.accessibility, z.enum(accessibilityFeatures)),
  z.strictObject({
    url: z.literal(extensionUrls.photo),
    valueUrl: z.url({ protocol: /^https?$/ }),
  }),
  booleanExtension(extensionUrls.emergency),
  booleanExtension(extensionUrls.detailsSample),
]);
const singleExtensions: readonly string[] = [
  extensionUrls.openingHours,
  extensionUrls.openingHoursSample,
  extensionUrls.ramadanHours,
  extensionUrls.emergency,
  extensionUrls.detailsSample,
];
const requiredExtensions: ReadonlySet<string> = new Set([
  extensionUrls.openingHours,
  extensionUrls.openingHoursSample,
]);

/** Numbers next to 0 make the database's trigonometry underflow. */
const degrees = (most: number) =>
  z
    .number()
    .min(-most)
    .max(most)
    .refine(
      (value) => value === 0 || Math.abs(value) >= finestDegrees,
      `must be 0, or at least ${finestDegrees} away from it`,
    );

export const locationSchema = z.strictObject({
  resourceType: z.literal("Location"),
  id,
  extension: z.array(locationExtension).superRefine((extensions, context) => {
    for (const url of singleExtensions) {
      const count = extensions.filter((one) => one.url === url).length;
      const least = requiredExtensions.has(url) ? 1 : 0;
      if (count >= least && count <= 1) continue;
      const message = `must hold ${url} ${least === 1 ? "once" : "at most once"}, not ${count} times`;
      context.addIssue({ code: "custom", message });
    }
  }),
  identifier: identifier(systems.facilityLicence),
  status: z.literal("active"),
  name: text,
  _name: arabic,
  type: z.tuple([
    z.strictObject({
      coding: z.tuple([
        z.strictObject({
          system: z.literal(systems.facilityKind),
          code: z.enum(["PHARMACY", "CLINIC", "HOSPITAL", "CENTRE", "LABORATORY", "OTHER"]),
        }),
      ]),
      text,
      _text: arabic,
    }),
  ]),
  telecom: z
    .array(
      z.discriminatedUnion("system", [
        z.strictObject({
          system: z.literal("phone"),
          value: z.string().regex(/^\+[1-9]\d{3,14}$/, "must be E.164, for example +97143786666"),
        }),
        z.strictObject({ system: z.literal("url"), value: z.url({ protocol: /^https?$/ }) }),
      ]),
    )
    .min(1)
    .max(2)
    .optional(),
  address: z.strictObject({ text: text.optional(), district: text.optional() }).optional(),
  position: z
    .strictObject({
      longitude: degrees(180),
      latitude: degrees(90),
    })
    .optional(),
  managingOrganization: reference("Organization"),
});

export const healthcareServiceSchema = z.strictObject({
  resourceType: z.literal("HealthcareService"),
  id,
  active: z.literal(true),
  /** The main one first. */
  specialty: z.array(concept).min(1).max(50),
  location: z.tuple([reference("Location")]),
});

export const practitionerSchema = z.strictObject({
  resourceType: z.literal("Practitioner"),
  id,
  meta: z
    .strictObject({
      // HL7's code for data that is about nobody.
      tag: z.tuple([
        z.strictObject({
          system: z.literal("http://terminology.hl7.org/CodeSystem/v3-ActReason"),
          code: z.literal("HTEST"),
        }),
      ]),
    })
    .optional(),
  identifier: identifier(systems.professionalLicence),
  active: z.boolean(),
  name: z.tuple([z.strictObject({ text, _text: arabic })]),
  gender: z.enum(["female", "male"]),
  communication: z
    .array(
      z.strictObject({
        coding: z.tuple([
          z.strictObject({
            system: z.literal(systems.language),
            code: languageCode,
          }),
        ]),
      }),
    )
    .min(1)
    .optional(),
});

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const time = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d:00|23:59:59)$/, "must be HH:MM:00, or 23:59:59 for midnight");

export const practitionerRoleSchema = z.strictObject({
  resourceType: z.literal("PractitionerRole"),
  id,
  active: z.boolean(),
  practitioner: reference("Practitioner"),
  specialty: z.tuple([concept]),
  location: z.tuple([reference("Location")]),
  availableTime: z
    .array(
      z
        .strictObject({
          daysOfWeek: z.tuple([z.enum(weekdays)]),
          availableStartTime: time,
          availableEndTime: time,
        })
        .refine(
          ({ availableStartTime, availableEndTime }) => availableStartTime < availableEndTime,
          {
            path: ["availableEndTime"],
            error: "must be after availableStartTime; what crosses midnight is two entries",
          },
        ),
    )
    .min(1)
    .optional(),
});

export const resourceSchemas = {
  Organization: organizationSchema,
  Location: locationSchema,
  HealthcareService: healthcareServiceSchema,
  Practitioner: practitionerSchema,
  PractitionerRole: practitionerRoleSchema,
} as const;

export type ResourceType = keyof typeof resourceSchemas;
export type Resource = z.infer<(typeof resourceSchemas)[ResourceType]>;
export type LocationResource = z.infer<typeof locationSchema>;
export type PractitionerResource = z.infer<typeof practitionerSchema>;
export type PractitionerRoleResource = z.infer<typeof practitionerRoleSchema>;
export type HealthcareServiceResource = z.infer<typeof healthcareServiceSchema>;

/** The bundle without its resources, which are checked one by one. */
export const bundleSchema = z.strictObject({
  resourceType: z.literal("Bundle"),
  type: z.literal("collection"),
  entry: z.array(
    z.strictObject({ fullUrl: z.string().optional(), resource: z.record(z.string(), z.unknown()) }),
  ),
});

export type Bundle = {
  readonly resourceType: "Bundle";
  readonly type: "collection";
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Resource }[];
};
