/**
 * A roster of duty that an agency publishes: what it may say → rows, or a refusal that names the shift.
 * A roster replaces what was published for its time, so that sending it again changes nothing.
 */
import { badUserInput } from "../kit/errors.ts";
import type { DutyShiftTable } from "./tables.ts";

const hourMs = 3_600_000;
export const maxShiftHours = 24;
export const maxRosterDays = 100;
export const maxShifts = 1_000;

export type GivenShift = {
  readonly facilityId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
};

export type Roster = {
  readonly from: Date;
  readonly to: Date;
  readonly shifts: readonly GivenShift[];
};

const refuse = (at: number, element: string, message: string): never => {
  throw badUserInput(`\`shifts[${at}].${element}\` ${message}`, {
    argument: `shifts[${at}].${element}`,
  });
};

function requireTime({ from, to, shifts }: Roster): void {
  if (from >= to) throw badUserInput("`from` must lie before `to`.", { argument: "from" });
  if (to.getTime() - from.getTime() > maxRosterDays * 24 * hourMs) {
    throw badUserInput(`A roster covers up to ${maxRosterDays} days: publish it in parts.`, {
      argument: "to",
    });
  }
  if (shifts.length <= maxShifts) return;
  throw badUserInput(`A roster has up to ${maxShifts} shifts: publish it in parts.`, {
    argument: "shifts",
  });
}

/**
 * @throws GraphQLError BAD_USER_INPUT; `extensions.argument` names the shift: one that ends before it
 *   begins, is longer than 24 hours, begins outside of the roster, or overlaps another of its facility.
 */
export function readRoster(roster: Roster): readonly DutyShiftTable[] {
  requireTime(roster);
  const { from, to, shifts } = roster;
  for (const [at, { startsAt, endsAt, facilityId }] of shifts.entries()) {
    if (endsAt <= startsAt) refuse(at, "endsAt", "must be after `startsAt`.");
    if (endsAt.getTime() - startsAt.getTime() > maxShiftHours * hourMs) {
      refuse(at, "endsAt", `must be within ${maxShiftHours} hours of \`startsAt\`.`);
    }
    if (startsAt < from || startsAt >= to)
      refuse(at, "startsAt", "must be within `from` and `to`.");
    const other = shifts.findIndex(
      (one, before) =>
        before < at &&
        one.facilityId === facilityId &&
        one.startsAt < endsAt &&
        startsAt < one.endsAt,
    );
    if (other >= 0) refuse(at, "startsAt", `overlaps \`shifts[${other}]\` of the same facility.`);
  }
  return shifts.map(({ facilityId, startsAt, endsAt }) => ({
    facility_id: facilityId,
    starts_at: startsAt,
    ends_at: endsAt,
    sample: false,
  }));
}
