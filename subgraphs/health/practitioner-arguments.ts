/** Arguments of the fields that list doctors, as clients give them. */
import { ArgsType, Field, InputType, Int } from "type-graphql";
import { PageArguments } from "../kit/pagination.ts";
import { DateTime } from "../kit/scalars.ts";
import { LocationInput } from "./facility-arguments.ts";
import { maxTextLength } from "./facility-filter.rules.ts";
import { maxRadiusMeters } from "./geo.rules.ts";
import { GenderEnum } from "./practitioner.ts";
import type { Gender } from "./tables.ts";

@InputType({ description: "Which doctors; everything that is given must hold." })
export class PractitionerFilter {
  @Field(() => String, {
    nullable: true,
    description:
      "With exactly this speciality, in English or Arabic, for example Pediatrics. Case does not matter.",
  })
  speciality?: string | null;

  @Field(() => GenderEnum, { nullable: true, description: "Of this gender." })
  gender?: Gender | null;

  @Field(() => [String], {
    nullable: true,
    description: "Who speak all of these: ISO 639 codes, for example ar.",
  })
  languages?: string[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "Who work at this moment, with the speciality that is asked for.",
  })
  availableAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: `Words that all occur in the name, English or Arabic; up to ${maxTextLength} characters. Case, diacritics, titles and the spellings of alef, teh marbuta and yeh do not matter.`,
  })
  text?: string | null;
}

@ArgsType()
export class PractitionersArguments extends PageArguments {
  @Field(() => PractitionerFilter, {
    nullable: true,
    description: "Which doctors; all without it.",
  })
  filter?: PractitionerFilter | null;
}

@ArgsType()
export class PractitionersNearArguments extends PractitionersArguments {
  @Field(() => LocationInput, { description: "Where distances are measured from." })
  location!: LocationInput;

  @Field(() => Int, {
    defaultValue: 5_000,
    description: `How far away at most, in metres, from 1 to ${maxRadiusMeters}.`,
  })
  radiusMeters!: number;
}
