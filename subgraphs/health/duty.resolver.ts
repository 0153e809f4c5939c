/** An agency publishes its roster of duty: arguments → rules and store → how many shifts there are. */
import { Arg, Ctx, Directive, Int, Mutation, Resolver } from "type-graphql";
import { badUserInput } from "../kit/errors.ts";
import { invalidate } from "../kit/invalidation.ts";
import { DateTime } from "../kit/scalars.ts";
import type { HealthContext } from "./context.ts";
import { maxRosterDays, maxShifts, readRoster } from "./duty.rules.ts";
import { replaceDutyShifts, shiftsReachingInto } from "./duty.store.ts";
import { DutyShiftInput } from "./duty.ts";
import { hoursScope, requireHoursAgency, requireLicensedBy } from "./hours-correction.rules.ts";

@Resolver()
export class DutyResolver {
  @Directive(`@requiresScopes(scopes: [["${hoursScope}"]])`)
  @Mutation(() => Int, {
    nullable: true,
    description:
      "Publishes which facilities are on duty, for the agency that licensed them. All of its shifts that begin within the time are replaced by these, so that the same roster may be sent again. All or nothing. Tells how many shifts there are then.",
  })
  async publishDutyRoster(
    @Arg("from", () => DateTime, {
      description: "The beginning of the roster, which belongs to it.",
    })
    from: Date,
    @Arg("to", () => DateTime, {
      description: `The end of the roster, which does not; up to ${maxRosterDays} days later.`,
    })
    to: Date,
    @Arg("shifts", () => [DutyShiftInput], {
      description: `Up to ${maxShifts} shifts that begin within the roster; those of one facility must not overlap.`,
    })
    shifts: DutyShiftInput[],
    @Ctx() context: HealthContext,
  ): Promise<number> {
    const { db, loaders, principal } = context;
    const agencyId = requireHoursAgency(principal);
    const rows = readRoster({ from, to, shifts });
    const facilities = await loaders.facility.loadMany(rows.map(({ facility_id }) => facility_id));
    for (const [at, facility] of facilities.entries()) {
      if (facility instanceof Error) throw facility;
      if (facility) requireLicensedBy(agencyId, facility);
      else {
        const argument = `shifts[${at}].facilityId`;
        throw badUserInput(`\`${argument}\` is no facility.`, { argument });
      }
    }
    const reaching = await shiftsReachingInto(db, rows, from);
    const clash = rows.findIndex((row) =>
      reaching.some((one) => one.facility_id === row.facility_id && one.ends_at > row.starts_at),
    );
    if (clash >= 0) {
      const argument = `shifts[${clash}].startsAt`;
      throw badUserInput(
        `\`${argument}\` overlaps a shift of the same facility that began before \`from\`.`,
        { argument },
      );
    }
    await replaceDutyShifts(db, agencyId, { from: from.getTime(), to: to.getTime() }, rows);
    invalidate(context, { type: "Facility" });
    return rows.length;
  }
}
