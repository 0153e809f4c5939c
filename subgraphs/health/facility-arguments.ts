/** Arguments of the fields that list facilities, as clients give them. */
import { ArgsType, Field, Float, InputType, Int, registerEnumType } from "type-graphql";
import { PageArguments } from "../kit/pagination.ts";
import { DateTime } from "../kit/scalars.ts";
import { AccessibilityFeatureEnum, FacilityServiceEnum } from "./facility-details.ts";
import {
  type AccessibilityFeature,
  type FacilityService,
  maxChoices,
} from "./facility-details.rules.ts";
import { maxTextLength } from "./facility-filter.rules.ts";
import { maxRadiusMeters } from "./geo.rules.ts";
import type { FacilityKind } from "./tables.ts";

/** The enum of the graph; its values are those of the database. */
export const FacilityKindEnum = {
  PHARMACY: "PHARMACY",
  CLINIC: "CLINIC",
  HOSPITAL: "HOSPITAL",
  CENTRE: "CENTRE",
  LABORATORY: "LABORATORY",
  OTHER: "OTHER",
} as const satisfies { [Kind in FacilityKind]: Kind };

registerEnumType(FacilityKindEnum, {
  name: "FacilityKind",
  description: "What a health facility is, in one word; derived from its licence type.",
  valuesConfig: {
    PHARMACY: { description: "Sells medicines, in the street or inside a hospital." },
    CLINIC: { description: "Treats patients by day: polyclinic, dental or school clinic." },
    HOSPITAL: { description: "Has beds." },
    CENTRE: {
      description: "Is specialised: optics, diagnostics, day surgery, dialysis, medical fitness …",
    },
    LABORATORY: { description: "Medical or dental laboratory." },
    OTHER: { description: "Nothing to walk into: home care, telehealth, drug store, transport …" },
  },
});

@InputType({ description: "A place, in degrees (WGS 84)." })
export class LocationInput {
  @Field(() => Float, { description: "Degrees north, from -90 to 90; Dubai is near 25.2." })
  latitude!: number;

  @Field(() => Float, { description: "Degrees east, from -180 to 180; Dubai is near 55.3." })
  longitude!: number;
}

@InputType({ description: "Which facilities; everything that is given must hold." })
export class FacilityFilter {
  @Field(() => [FacilityKindEnum], {
    nullable: true,
    description: "Of one of these kinds; an empty list finds nothing.",
  })
  kinds?: FacilityKind[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "With exactly this among its `specialities`, in English or Arabic, for example Pediatrics. Case does not matter.",
  })
  speciality?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "true: open at this moment. false: closed. By `openingHours`, which may be samples, and duty.",
  })
  openNow?: boolean | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "Open at this time, by `openingHours` and duty; with its offset.",
  })
  openAt?: Date | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "true: on duty at this moment, as pharmacies are by turns at night. false: not.",
  })
  onDuty?: boolean | null;

  @Field(() => [FacilityServiceEnum], {
    nullable: true,
    description: `Which offer all of these; up to ${maxChoices}.`,
  })
  services?: FacilityService[] | null;

  @Field(() => [String], {
    nullable: true,
    description: `Where all of these are spoken: ISO 639 codes, for example ar; up to ${maxChoices}.`,
  })
  languages?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: `Which belong to at least one of these insurance networks, by exact name; up to ${maxChoices}.`,
  })
  insuranceNetworks?: string[] | null;

  @Field(() => [AccessibilityFeatureEnum], {
    nullable: true,
    description: `Which have all of these; up to ${maxChoices}.`,
  })
  accessibility?: AccessibilityFeature[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "true: which treat emergencies. false: which do not.",
  })
  emergency?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "true: which never close. false: which do.",
  })
  open24Hours?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: `Words that all occur in the name (English or Arabic), address or area; up to ${maxTextLength} characters. Case does not matter.`,
  })
  text?: string | null;
}

@ArgsType()
export class FacilitiesArguments extends PageArguments {
  @Field(() => FacilityFilter, { nullable: true, description: "Which facilities; all without it." })
  filter?: FacilityFilter | null;
}

@ArgsType()
export class FacilitiesNearArguments extends FacilitiesArguments {
  @Field(() => LocationInput, { description: "Where distances are measured from." })
  location!: LocationInput;

  @Field(() => Int, {
    defaultValue: 5_000,
    description: `How far away at most, in metres, from 1 to ${maxRadiusMeters}.`,
  })
  radiusMeters!: number;
}
