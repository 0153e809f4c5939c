/** Writes a facility's corrected opening hours, and their seasons with them, in one transaction. */
import type { Kysely } from "kysely";
import type { FacilityRow } from "./facility.store.ts";
import type { StoredHours } from "./hours-correction.rules.ts";
import type { HealthTables } from "./tables.ts";

/** Hours that an agency gave are no sample. Nothing when the agency has no such facility any more. */
export const correctHours = (
  db: Kysely<HealthTables>,
  facility: { readonly id: string; readonly agency_id: string },
  { stored, seasons, ...texts }: StoredHours,
): Promise<FacilityRow | undefined> =>
  db.transaction().execute(async (transaction) => {
    const corrected = await transaction
      .updateTable("facility")
      .set({ ...texts, ...stored, hours_sample: false })
      .where("id", "=", facility.id)
      .where("agency_id", "=", facility.agency_id)
      .returningAll()
      .executeTakeFirst();
    if (!corrected) return undefined;
    await transaction
      .deleteFrom("facility_season")
      .where("facility_id", "=", facility.id)
      .execute();
    if (seasons.length > 0) {
      const rows = seasons.map((season) => ({ ...season, facility_id: facility.id }));
      await transaction.insertInto("facility_season").values(rows).execute();
    }
    return corrected;
  });
