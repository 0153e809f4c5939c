/** The closed lists of values by which datasets are classified; the database holds the same. */
import { registerEnumType } from "type-graphql";
import type { AccessLevel, PersonalDataKind, Sensitivity, UpdateFrequency } from "./tables.ts";

export const AccessLevelEnum = {
  OPEN: "OPEN",
  SHARED: "SHARED",
  RESTRICTED: "RESTRICTED",
} as const satisfies { [Value in AccessLevel]: Value };

registerEnumType(AccessLevelEnum, {
  name: "AccessLevel",
  description: "Who may get a dataset.",
  valuesConfig: {
    OPEN: { description: "Everybody, under its licence." },
    SHARED: { description: "Bodies that state a purpose and a ground, by agreement." },
    RESTRICTED: { description: "Few, named bodies." },
  },
});

export const SensitivityEnum = {
  OPEN: "OPEN",
  CONFIDENTIAL: "CONFIDENTIAL",
  SENSITIVE: "SENSITIVE",
  SECRET: "SECRET",
} as const satisfies { [Value in Sensitivity]: Value };

registerEnumType(SensitivityEnum, {
  name: "Sensitivity",
  description:
    "Dubai's data classes: open, or shared in one of three. OPEN goes with the access level OPEN, and with no other.",
  valuesConfig: {
    OPEN: { description: "May be known to everybody." },
    CONFIDENTIAL: { description: "Its disclosure could do limited harm." },
    SENSITIVE: { description: "Its disclosure could do serious harm." },
    SECRET: { description: "Its disclosure could do grave harm." },
  },
});

export const PersonalDataEnum = {
  NONE: "NONE",
  PSEUDONYMISED: "PSEUDONYMISED",
  PERSONAL: "PERSONAL",
  SPECIAL: "SPECIAL",
} as const satisfies { [Value in PersonalDataKind]: Value };

registerEnumType(PersonalDataEnum, {
  name: "PersonalData",
  description: "Whether a dataset tells of persons.",
  valuesConfig: {
    NONE: { description: "It does not." },
    PSEUDONYMISED: { description: "It does, under pseudonyms." },
    PERSONAL: { description: "It does, by name or number." },
    SPECIAL: { description: "It does, and of what deserves special protection, such as health." },
  },
});

export const UpdateFrequencyEnum = {
  UPDATE_CONT: "UPDATE_CONT",
  HOURLY: "HOURLY",
  DAILY: "DAILY",
  WEEKLY: "WEEKLY",
  MONTHLY: "MONTHLY",
  QUARTERLY: "QUARTERLY",
  ANNUAL: "ANNUAL",
  IRREG: "IRREG",
} as const satisfies { [Value in UpdateFrequency]: Value };

registerEnumType(UpdateFrequencyEnum, {
  name: "UpdateFrequency",
  description:
    "How often a dataset is brought up to date: codes of the European Union's frequency list.",
  valuesConfig: {
    UPDATE_CONT: { description: "As things happen." },
    HOURLY: { description: "Each hour." },
    DAILY: { description: "Each day." },
    WEEKLY: { description: "Each week." },
    MONTHLY: { description: "Each month." },
    QUARTERLY: { description: "Each quarter of a year." },
    ANNUAL: { description: "Each year." },
    IRREG: { description: "At no fixed times." },
  },
});
