/** What people consented to and who used their data: written once, never changed, never deleted. */
import { type Kysely, sql } from "kysely";

const statements = [
  `create table consent (
    id text collate "C" primary key,
    person_id text not null,
    dataset_id text collate "C" not null references dataset,
    granted_to text collate "C" not null,
    purpose_en text not null,
    purpose_ar text not null,
    since timestamptz not null,
    until timestamptz not null check (until > since)
  )`,
  `create index on consent (person_id, since desc, id desc)`,
  `create table consent_withdrawal (
    consent_id text collate "C" primary key references consent,
    at timestamptz not null
  )`,
  `create table data_access (
    id text collate "C" primary key,
    person_id text not null,
    dataset_id text collate "C" not null references dataset,
    agency_id text collate "C" not null,
    purpose_en text not null,
    purpose_ar text not null,
    fields text[] not null check (cardinality(fields) > 0),
    at timestamptz not null
  )`,
  `create index on data_access (person_id, at desc, id desc)`,
  `create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only', tg_table_name;
    end $$`,
  ...["consent", "consent_withdrawal", "data_access"].map(
    (table) => `create trigger append_only before update or delete or truncate on ${table}
      for each statement execute function refuse_change()`,
  ),
];

export const consents = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
