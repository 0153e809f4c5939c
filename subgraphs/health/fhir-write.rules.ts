/** Rows of facilities and doctors → a FHIR R4 Bundle (collection) of five kinds of resources. Pure. */
import type { AccessibilityFeature, FacilityService } from "./facility-details.rules.ts";
import {
  type Bundle,
  extensionUrls,
  fhirBase,
  type HealthcareServiceResource,
  type LocationResource,
  type PractitionerResource,
  type PractitionerRoleResource,
  type Resource,
  systems,
  weekdays,
} from "./fhir-schemas.ts";
import { fromMultirange } from "./opening-hours.rules.ts";
import { toWorkingSpans } from "./practitioner.rules.ts";
import type { FacilityTable, PractitionerRoleTable, PractitionerTable } from "./tables.ts";

/** What the bundle is about; roles are those of these doctors at any facility. */
export type Directory = {
  readonly facilities: readonly FacilityTable[];
  readonly practitioners: readonly PractitionerTable[];
  readonly roles: readonly PractitionerRoleTable[];
};

type Arabic = LocationResource["_name"];

const inArabic = (content: string): Arabic => ({
  extension: [
    {
      url: extensionUrls.translation,
      extension: [
        { url: "lang", valueCode: "ar" },
        { url: "content", valueString: content },
      ],
    },
  ],
});

type LocationExtension = LocationResource["extension"][number];

const toExtensions = (row: FacilityTable): LocationExtension[] => [
  { url: extensionUrls.openingHours, valueString: row.hours_text },
  { url: extensionUrls.openingHoursSample, valueBoolean: row.hours_sample },
  ...(row.ramadan_hours_text === null
    ? []
    : [{ url: extensionUrls.ramadanHours, valueString: row.ramadan_hours_text }]),
  ...row.services.map((code) => ({
    url: extensionUrls.service,
    valueCode: code as FacilityService,
  })),
  ...row.languages.map((valueCode) => ({ url: extensionUrls.spoken, valueCode })),
  ...row.insurance_networks.map((valueString) => ({
    url: extensionUrls.insuranceNetwork,
    valueString,
  })),
  ...row.accessibility.map((code) => ({
    url: extensionUrls.accessibility,
    valueCode: code as AccessibilityFeature,
  })),
  ...row.photos.map((valueUrl) => ({ url: extensionUrls.photo, valueUrl })),
  ...(row.emergency ? [{ url: extensionUrls.emergency, valueBoolean: true }] : []),
  ...(row.details_sample ? [{ url: extensionUrls.detailsSample, valueBoolean: true }] : []),
];

function toLocation(row: FacilityTable): LocationResource {
  const telecom = [
    ...(row.phone === null ? [] : [{ system: "phone" as const, value: row.phone }]),
    ...(row.website === null ? [] : [{ system: "url" as const, value: row.website }]),
  ];
  const address = {
    ...(row.address === "" ? {} : { text: row.address }),
    ...(row.area === "" ? {} : { district: row.area }),
  };
  const { latitude, longitude } = row;
  return {
    resourceType: "Location",
    id: row.id,
    extension: toExtensions(row),
    identifier: [{ system: systems.facilityLicence, value: row.licence_number }],
    status: "active",
    name: row.name_en,
    _name: inArabic(row.name_ar),
    type: [
      {
        coding: [{ system: systems.facilityKind, code: row.kind }],
        text: row.licence_type_en,
        _text: inArabic(row.licence_type_ar),
      },
    ],
    ...(telecom.length > 0 ? { telecom } : {}),
    ...(Object.keys(address).length > 0 ? { address } : {}),
    ...(latitude === null || longitude === null ? {} : { position: { longitude, latitude } }),
    managingOrganization: { reference: `Organization/${row.agency_id}` },
  };
}

/** The specialities of a facility, the main one first; nothing when the register names none. */
function toHealthcareService(row: FacilityTable): readonly HealthcareServiceResource[] {
  const { speciality_en, speciality_ar } = row;
  if (speciality_en === null || speciality_ar === null) return [];
  const { further_specialities_en: further, further_specialities_ar: arabic } = row;
  return [
    {
      resourceType: "HealthcareService",
      id: `${row.id}-main`,
      active: true,
      specialty: [
        { text: speciality_en, _text: inArabic(speciality_ar) },
        ...further.map((text, at) => ({ text, _text: inArabic(arabic[at] ?? "") })),
      ],
      location: [{ reference: `Location/${row.id}` }],
    },
  ];
}

const toPractitioner = (row: PractitionerTable): PractitionerResource => ({
  resourceType: "Practitioner",
  id: row.id,
  ...(row.sample
    ? {
        meta: {
          tag: [
            {
              system: "http://terminology.hl7.org/CodeSystem/v3-ActReason" as const,
              code: "HTEST",
            },
          ],
        },
      }
    : {}),
  identifier: [{ system: systems.professionalLicence, value: row.licence_number }],
  active: row.active,
  name: [{ text: row.name_en, _text: inArabic(row.name_ar) }],
  gender: row.gender === "FEMALE" ? "female" : "male",
  ...(row.languages.length > 0
    ? {
        communication: row.languages.map((code) => ({
          coding: [{ system: systems.language, code }],
        })),
      }
    : {}),
});

function toPractitionerRole(row: PractitionerRoleTable): PractitionerRoleResource {
  const availableTime = toWorkingSpans(fromMultirange(row.working_minutes)).map((span) => ({
    daysOfWeek: [weekdays[span.weekday - 1] ?? "mon"] as [(typeof weekdays)[number]],
    availableStartTime: `${span.from}:00`,
    // FHIR's times end before 24:00.
    availableEndTime: span.to === "24:00" ? "23:59:59" : `${span.to}:00`,
  }));
  return {
    resourceType: "PractitionerRole",
    id: row.id,
    active: row.active,
    practitioner: { reference: `Practitioner/${row.practitioner_id}` },
    specialty: [{ text: row.speciality_en, _text: inArabic(row.speciality_ar) }],
    location: [{ reference: `Location/${row.facility_id}` }],
    ...(availableTime.length > 0 ? { availableTime } : {}),
  };
}

export function toBundle({ facilities, practitioners, roles }: Directory): Bundle {
  const agencies = [...new Set(facilities.map(({ agency_id }) => agency_id))];
  const resources: Resource[] = [
    ...agencies.map((id) => ({
      resourceType: "Organization" as const,
      id,
      identifier: [{ system: systems.agency, value: id }] as [
        { system: typeof systems.agency; value: string },
      ],
    })),
    ...facilities.map(toLocation),
    ...facilities.flatMap(toHealthcareService),
    ...practitioners.map(toPractitioner),
    ...roles.map(toPractitionerRole),
  ];
  return {
    resourceType: "Bundle",
    type: "collection",
    entry: resources.map((resource) => ({
      fullUrl: `${fhirBase}/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  };
}
