/**
 * Made-up details of facilities, since the register names none of them: a licence → services by its
 * type, languages, insurance networks (of names that do not exist) and ways in, always the same for the
 * same licence. They are marked as samples wherever they are shown. Photos are not made up: there are none.
 */
import type { AccessibilityFeature, FacilityService } from "./facility-details.rules.ts";
import { accessibilityFeatures } from "./facility-details.rules.ts";
import { isPicked } from "./sample-pick.rules.ts";
import type { FacilityKind, FacilityTable } from "./tables.ts";

type Licence = Pick<FacilityTable, "licence_number" | "licence_type_en" | "kind" | "hours_text">;

export type FacilityDetails = Pick<
  FacilityTable,
  | "services"
  | "languages"
  | "insurance_networks"
  | "accessibility"
  | "photos"
  | "emergency"
  | "details_sample"
>;

const servicesOfKind: Readonly<Record<FacilityKind, readonly FacilityService[]>> = {
  PHARMACY: ["PRESCRIPTIONS"],
  CLINIC: ["CONSULTATION"],
  HOSPITAL: ["CONSULTATION", "SURGERY", "LABORATORY_TESTS", "IMAGING"],
  CENTRE: [],
  LABORATORY: ["LABORATORY_TESTS"],
  OTHER: [],
};

const servicesOfType: readonly (readonly [RegExp, FacilityService])[] = [
  [/dental/i, "DENTAL_CARE"],
  [/optical/i, "EYE_CARE"],
  [/surgery/i, "SURGERY"],
  [/dialysis/i, "DIALYSIS"],
  [/diagnostic/i, "IMAGING"],
  [/medical fitness/i, "MEDICAL_FITNESS"],
  [/home health/i, "HOME_VISITS"],
];

/** Offered by some, in percent. */
const somewhere: Readonly<
  Partial<Record<FacilityKind, readonly (readonly [FacilityService, number])[]>>
> = {
  PHARMACY: [
    ["HOME_DELIVERY", 40],
    ["VACCINATION", 15],
  ],
  CLINIC: [
    ["VACCINATION", 35],
    ["LABORATORY_TESTS", 30],
    ["PHYSIOTHERAPY", 10],
  ],
  HOSPITAL: [
    ["MATERNITY", 50],
    ["DIALYSIS", 30],
    ["PHYSIOTHERAPY", 60],
  ],
};

const spoken: readonly (readonly [string, number])[] = [
  ["ar", 85],
  ["en", 95],
  ["hi", 55],
  ["ur", 45],
  ["ml", 30],
  ["tl", 30],
  ["fa", 15],
  ["fr", 12],
  ["ru", 10],
];

const networks: readonly (readonly [string, number])[] = [
  ["Sample Basic Network", 70],
  ["Sample General Network", 45],
  ["Sample Comprehensive Network", 25],
];

export function sampleDetailsOf(licence: Licence): FacilityDetails {
  const { licence_number, licence_type_en, kind, hours_text } = licence;
  const some = <One extends string>(from: readonly (readonly [One, number])[]): One[] =>
    from
      .filter(([one, percent]) => isPicked(`${one} ${licence_number}`, percent))
      .map(([one]) => one);
  const emergency = kind === "HOSPITAL" && hours_text === "24/7";
  const services = new Set<FacilityService>([
    ...servicesOfKind[kind],
    ...servicesOfType.filter(([type]) => type.test(licence_type_en)).map(([, service]) => service),
    ...some(somewhere[kind] ?? []),
    ...(emergency ? (["EMERGENCY_CARE"] as const) : []),
  ]);
  const open = kind !== "OTHER";
  return {
    services: [...services],
    languages: some(spoken),
    insurance_networks: some(networks),
    accessibility: open
      ? some(accessibilityFeatures.map((one): [AccessibilityFeature, number] => [one, 40]))
      : [],
    photos: [],
    emergency,
    details_sample: true,
  };
}
