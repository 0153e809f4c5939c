/** Categories of a service beside its main one. */
import { type Kysely, sql } from "kysely";

export const categories = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table service
      add column further_category_ids text[] not null default '{}'`.execute(db);
  },
};
