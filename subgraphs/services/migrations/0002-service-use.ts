/** How often each service was used on each day. */
import { type Kysely, sql } from "kysely";

export const serviceUse = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table service_use (
      service_id text collate "C" not null references service on delete cascade,
      day date not null,
      uses integer not null check (uses >= 0),
      primary key (service_id, day)
    )`.execute(db);
    await sql`create index service_use_by_day on service_use (day)`.execute(db);
  },
};
