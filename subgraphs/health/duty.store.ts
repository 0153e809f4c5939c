/** Duty shifts in the database. One SQL statement a function. */
import type { Kysely } from "kysely";
import type { DutyShiftTable, HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

/** Milliseconds since the epoch, from (inclusive) and to (exclusive). */
export type DutyWindow = { readonly from: number; readonly to: number };

/** Shifts of these facilities that touch the time, in the order of their beginnings. */
export const dutyShiftsOf = (
  db: Db,
  facilityIds: readonly string[],
  { from, to }: DutyWindow,
): Promise<DutyShiftTable[]> =>
  db
    .selectFrom("duty_shift")
    .selectAll()
    .where("facility_id", "in", [...facilityIds])
    .where("ends_at", ">", new Date(from))
    .where("starts_at", "<", new Date(to))
    .orderBy("facility_id")
    .orderBy("starts_at")
    .execute();

/** Shifts of the same facilities that begin before a roster and end within it. */
export const shiftsReachingInto = async (
  db: Db,
  rows: readonly DutyShiftTable[],
  from: Date,
): Promise<readonly DutyShiftTable[]> => {
  const ids = [...new Set(rows.map(({ facility_id }) => facility_id))];
  if (ids.length === 0) return [];
  return db
    .selectFrom("duty_shift")
    .selectAll()
    .where("facility_id", "in", ids)
    .where("starts_at", "<", from)
    .where("ends_at", ">", from)
    .execute();
};

/** Replaces the shifts that begin within the time; the rest of the roster stays. */
export const replaceDutyShifts = (
  db: Db,
  agencyId: string,
  { from, to }: DutyWindow,
  shifts: readonly DutyShiftTable[],
): Promise<void> =>
  db.transaction().execute(async (transaction) => {
    await transaction
      .deleteFrom("duty_shift")
      .where("starts_at", ">=", new Date(from))
      .where("starts_at", "<", new Date(to))
      .where("facility_id", "in", (eb) =>
        eb.selectFrom("facility").select("id").where("agency_id", "=", agencyId),
      )
      .execute();
    if (shifts.length > 0) await transaction.insertInto("duty_shift").values(shifts).execute();
  });
