/** Duty shifts as the graph shows and takes them. */
import { Directive, Field, ID, InputType, ObjectType } from "type-graphql";
import { DateTime } from "../kit/scalars.ts";
import type { DutyShiftTable } from "./tables.ts";

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({
  description:
    "A time, mostly a night, during which a facility is on duty: open whatever its hours.",
})
export class DutyShift {
  @Field(() => DateTime, { description: "When it begins." })
  startsAt!: Date;

  @Field(() => DateTime, { description: "When it ends, mostly on the next morning." })
  endsAt!: Date;

  @Field(() => Boolean, {
    description: "true: made up for demonstration. Tell people so, or do not show it.",
  })
  sample!: boolean;
}

export const toDutyShift = ({ starts_at, ends_at, sample }: DutyShiftTable): DutyShift =>
  Object.assign(new DutyShift(), { startsAt: starts_at, endsAt: ends_at, sample });

@InputType({ description: "A shift of a duty roster." })
export class DutyShiftInput {
  @Field(() => ID, { description: "The facility that is on duty, for example dha-0000035." })
  facilityId!: string;

  @Field(() => DateTime, { description: "When it begins, with its offset." })
  startsAt!: Date;

  @Field(() => DateTime, { description: "When it ends: after its beginning, within 24 hours." })
  endsAt!: Date;
}
