/** Finds facilities inside a map's box: by latitude, then longitude, from the index alone. */
import { type Kysely, sql } from "kysely";

export const facilityBox = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index facility_box on facility (latitude, longitude)`.execute(db);
  },
};
