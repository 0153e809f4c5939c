/**
 * Life events, by which services are grouped beside their category, and the catalogue's revision: it
 * grows with each statement that changes what a search looks through, in the same transaction.
 */
import { type Kysely, sql } from "kysely";

const searchedTables = [
  "service",
  "agency",
  "category",
  "service_channel",
  "life_event",
  "service_life_event",
];

const statements = [
  `create table life_event (
    id text collate "C" primary key,
    position smallint not null unique,
    name_en text not null,
    name_ar text not null
  )`,
  `create table service_life_event (
    service_id text collate "C" not null references service on delete cascade,
    life_event_id text collate "C" not null references life_event on delete cascade,
    primary key (service_id, life_event_id)
  )`,
  `create table catalogue_revision (
    only_one boolean primary key default true check (only_one),
    revision bigint not null
  )`,
  `insert into catalogue_revision (revision) values (1)`,
  `create function count_catalogue_revision() returns trigger language plpgsql as $$
    begin
      update catalogue_revision set revision = revision + 1;
      return null;
    end
  $$`,
  ...searchedTables.map(
    (table) => `create trigger ${table}_counts_revision
      after insert or update or delete or truncate on ${table}
      for each statement execute function count_catalogue_revision()`,
  ),
];

export const search = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
