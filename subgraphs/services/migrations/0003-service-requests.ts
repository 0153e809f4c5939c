/** What people have applied for. */
import { type Kysely, sql } from "kysely";

const statements = [
  sql`create table service_request (
    id text collate "C" primary key,
    person_id text not null,
    service_id text collate "C" not null references service,
    status text not null
      check (status in ('DRAFT', 'SUBMITTED', 'IN_REVIEW', 'APPROVED', 'REJECTED')),
    submitted_at timestamptz(3),
    updated_at timestamptz(3) not null check (updated_at >= submitted_at),
    reference text unique,
    check ((status = 'DRAFT') = (submitted_at is null)),
    check ((status = 'DRAFT') = (reference is null))
  )`,
  // Ids hold the time at which a request was begun, so they sort by it.
  sql`create index service_request_by_person on service_request (person_id, id desc)`,
];

export const serviceRequests = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db);
  },
};
