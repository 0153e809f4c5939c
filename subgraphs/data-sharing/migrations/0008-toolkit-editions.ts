/** Editions of the toolkit, which are only ever added, and how far each organisation has come in it. */
import { type Kysely, sql } from "kysely";

const statements = [
  `create table toolkit_edition (
    version integer primary key check (version > 0),
    published_on date not null,
    review_on date not null check (review_on > published_on),
    content jsonb not null check (jsonb_typeof(content) = 'object')
  )`,
  `create trigger toolkit_edition_is_append_only before update or delete or truncate on toolkit_edition
    for each statement execute function refuse_change()`,
  `create table toolkit_progress (
    agency_id text collate "C" primary key references participant,
    revision integer not null check (revision > 0),
    edition integer not null references toolkit_edition,
    progress jsonb not null check (jsonb_typeof(progress) = 'object'),
    changed_by text not null,
    changed_at timestamptz(3) not null
  )`,
];

export const toolkitEditions = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
