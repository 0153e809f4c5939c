/** Writes a facility's corrected opening hours: one statement. */
import type { Kysely } from "kysely";
import type { FacilityRow } from "./facility.store.ts";
import type { StoredHours } from "./hours-correction.rules.ts";
import type { HealthTables } from "./tables.ts";

/** Hours that an agency gave are no sample. Nothing when the agency has no such facility any more. */
export const correctHours = (
  db: Kysely<HealthTables>,
  facility: { readonly id: string; readonly agency_id: string },
  hours: StoredHours,
): Promise<FacilityRow | undefined> =>
  db
    .updateTable("facility")
    .set({ ...hours, hours_sample: false })
    .where("id", "=", facility.id)
    .where("agency_id", "=", facility.agency_id)
    .returningAll()
    .executeTakeFirst();
