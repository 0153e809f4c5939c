/** What a facility offers besides its licence, as codes; and what a client may ask for of them. */
import { badUserInput } from "../kit/errors.ts";

export const facilityServices = [
  "CONSULTATION",
  "EMERGENCY_CARE",
  "SURGERY",
  "MATERNITY",
  "DENTAL_CARE",
  "EYE_CARE",
  "VACCINATION",
  "LABORATORY_TESTS",
  "IMAGING",
  "PHYSIOTHERAPY",
  "DIALYSIS",
  "MEDICAL_FITNESS",
  "PRESCRIPTIONS",
  "HOME_DELIVERY",
  "HOME_VISITS",
] as const;
export type FacilityService = (typeof facilityServices)[number];

export const accessibilityFeatures = [
  "STEP_FREE_ENTRANCE",
  "ACCESSIBLE_PARKING",
  "ACCESSIBLE_TOILET",
  "LIFT",
  "HEARING_LOOP",
  "SIGN_LANGUAGE",
] as const;
export type AccessibilityFeature = (typeof accessibilityFeatures)[number];

export const maxChoices = 20;

export type GivenDetails = {
  readonly services?: readonly FacilityService[] | null;
  readonly languages?: readonly string[] | null;
  readonly insuranceNetworks?: readonly string[] | null;
  readonly accessibility?: readonly AccessibilityFeature[] | null;
  readonly emergency?: boolean | null;
  readonly open24Hours?: boolean | null;
};

/** Sorted, without repetition, so that equal questions are equal data; left out when nothing is asked. */
export type DetailsCriteria = {
  /** All of these. */
  readonly services?: readonly string[];
  /** All of these. */
  readonly accessibility?: readonly string[];
  /** All of these. */
  readonly languages?: readonly string[];
  /** One of these. */
  readonly insuranceNetworks?: readonly string[];
  readonly emergency?: boolean;
  readonly open24Hours?: boolean;
};

function readChoices(
  name: string,
  given: readonly string[] | null | undefined,
  fits: RegExp,
  form: string,
): readonly string[] | undefined {
  if (!given || given.length === 0) return undefined;
  const refuse = (message: string) =>
    badUserInput(`\`filter.${name}\` ${message}`, { argument: `filter.${name}` });
  if (given.length > maxChoices) {
    throw refuse(`may have up to ${maxChoices} entries, not ${given.length}.`);
  }
  if (!given.every((one) => fits.test(one))) throw refuse(`must hold ${form}.`);
  return [...new Set(given)].toSorted();
}

const any = /^/;
const language = /^[a-z]{2,3}$/;
// PostgreSQL's texts cannot hold the character NUL.
const networkName = /^[^\0]{1,100}$/;

/** @throws GraphQLError BAD_USER_INPUT for too many entries, or a language that is no ISO 639 code. */
export function readDetails(given: GivenDetails): DetailsCriteria {
  const { emergency, open24Hours } = given;
  const lists = {
    services: readChoices("services", given.services, any, "services"),
    accessibility: readChoices("accessibility", given.accessibility, any, "features"),
    languages: readChoices(
      "languages",
      given.languages,
      language,
      "ISO 639 codes of two or three lower-case letters, for example ar",
    ),
    insuranceNetworks: readChoices(
      "insuranceNetworks",
      given.insuranceNetworks,
      networkName,
      "names of 1 to 100 characters",
    ),
  };
  const asked = Object.entries(lists).filter(([, list]) => list !== undefined);
  return {
    ...(Object.fromEntries(asked) as DetailsCriteria),
    ...(emergency == null ? {} : { emergency }),
    ...(open24Hours == null ? {} : { open24Hours }),
  };
}
