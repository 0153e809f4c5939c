/** Which agency owns a type of the graph, and which other agencies may add to it. */
import { type Kysely, sql } from "kysely";

const statements = [
  // type: a type (Bill) or a field of a root type (Query.bill).
  `create table type_owner (
    type text collate "C" primary key,
    agency text collate "C" not null,
    since timestamptz(3) not null
  )`,
  // subject: a type (Bill) or one field (Bill.permit).
  `create table type_consent (
    id text collate "C" primary key,
    owner_agency text collate "C" not null,
    subject text collate "C" not null
      check (subject ~ '^[_A-Za-z][_0-9A-Za-z]*([.][_A-Za-z][_0-9A-Za-z]*)?$'),
    partner_agency text collate "C" not null check (partner_agency <> owner_agency),
    given_at timestamptz(3) not null,
    given_by text not null,
    withdrawn_at timestamptz(3)
  )`,
  `create unique index type_consent_once on type_consent (owner_agency, subject, partner_agency)
    where withdrawn_at is null`,
];

export const ownership = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
