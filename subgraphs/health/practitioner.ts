/** Doctors and their roles at facilities as the graph shows them; the model is FHIR's PractitionerRole. */
import { Arg, Directive, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { connectionOf } from "../kit/pagination.ts";
import { DateTime, localized, LocalizedText } from "../kit/scalars.ts";
import { distanceMeters, type Place } from "./geo.rules.ts";
import { fromMultirange, isOpen, type WeeklyHours } from "./opening-hours.rules.ts";
import { toWorkingSpans, type WorkingSpan } from "./practitioner.rules.ts";
import type {
  PractitionerNearRow,
  PractitionerRoleRow,
  PractitionerRow,
} from "./practitioner.store.ts";
import type { Gender } from "./tables.ts";

export const GenderEnum = {
  FEMALE: "FEMALE",
  MALE: "MALE",
} as const satisfies { [Value in Gender]: Value };

registerEnumType(GenderEnum, {
  name: "PractitionerGender",
  description: "Gender of a doctor, for patients who ask for one or the other.",
  valuesConfig: { FEMALE: { description: "A woman." }, MALE: { description: "A man." } },
});

@Directive('@key(fields: "id")')
@Directive('@cacheTag(format: "practitioners")')
@Directive("@cacheControl(maxAge: 300)")
@personalData("PROFESSION", "To let people find a licensed professional")
@ObjectType({ description: "A doctor or another health professional who sees patients." })
export class Practitioner {
  @Field(() => ID, { description: "Stable id; begins with `dr-`." })
  id!: string;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "Full name without titles." })
  name!: LocalizedText;

  @Field(() => GenderEnum, { description: "Gender." })
  gender!: Gender;

  @Field(() => [String], {
    description: "Languages spoken with patients: ISO 639 codes, for example ar, en, hi.",
  })
  languages!: readonly string[];

  @Field(() => String, { description: "Number of the professional licence." })
  licenceNumber!: string;

  @Field(() => Boolean, {
    description:
      "true: made up for demonstration, there is no such person. Tell people so, or do not show it.",
  })
  sample!: boolean;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "When a doctor works on one day of every week, in Asia/Dubai." })
export class WorkingTime {
  @Field(() => Int, { description: "ISO 8601: 1 is Monday, 7 is Sunday." })
  weekday!: number;

  @Field(() => String, { description: "Begin, for example 09:00." })
  from!: string;

  @Field(() => String, {
    description: "End, for example 17:00; 24:00 when it goes on at 00:00 of the next day.",
  })
  to!: string;
}

@Directive('@key(fields: "id")')
@Directive('@cacheTag(format: "practitioners")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "What a doctor does at one facility, and when." })
export class PractitionerRole {
  @Field(() => ID, { description: "Stable id." })
  id!: string;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "Speciality, as the regulator calls it." })
  speciality!: LocalizedText;

  @Field(() => [WorkingTime], {
    description: "Working times of every week, in order from Monday. Samples where the doctor is.",
  })
  workingTimes!: readonly WorkingSpan[];

  practitionerId!: string;
  facilityId!: string;
  hours!: WeeklyHours;

  @Field(() => Boolean, {
    description: "Whether the doctor works here at a moment, by `workingTimes`.",
  })
  available(@Arg("at", () => DateTime, { description: "The moment." }) at: Date): boolean {
    return isOpen(this.hours, at.getTime());
  }
}

export const toPractitioner = (row: PractitionerRow): Practitioner =>
  Object.assign(new Practitioner(), {
    id: row.id,
    name: localized(row.name_en, row.name_ar),
    gender: row.gender,
    languages: row.languages,
    licenceNumber: row.licence_number,
    sample: row.sample,
  });

export function toPractitionerRole(row: PractitionerRoleRow): PractitionerRole {
  const hours = fromMultirange(row.working_minutes);
  return Object.assign(new PractitionerRole(), {
    id: row.id,
    speciality: localized(row.speciality_en, row.speciality_ar),
    workingTimes: toWorkingSpans(hours),
    practitionerId: row.practitioner_id,
    facilityId: row.facility_id,
    hours,
  });
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "A doctor, and how far away the nearest place of work is." })
export class PractitionerNear {
  @Field(() => Int, {
    description: "Metres as the crow flies to the facility of `role`, to the whole metre.",
  })
  distanceMeters!: number;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => Practitioner, { description: "The doctor." })
  practitioner!: Practitioner;

  roleId!: string;
}

export const toPractitionerNear =
  (from: Place) =>
  (row: PractitionerNearRow): PractitionerNear =>
    Object.assign(new PractitionerNear(), {
      distanceMeters: Math.round(distanceMeters(from, row)),
      practitioner: toPractitioner(row),
      roleId: row.role_id,
    });

export const { Connection: PractitionerConnection } = connectionOf(
  "Practitioner",
  () => Practitioner,
);
export const { Connection: PractitionerNearConnection } = connectionOf(
  "PractitionerNear",
  () => PractitionerNear,
);
