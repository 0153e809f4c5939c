/** Public-health bulletins and the daily figures of the pandemic. */
import { type Kysely, sql } from "kysely";

const statements = [
  sql`create table bulletin (
    id text primary key,
    title_en text not null,
    title_ar text not null,
    body_en text not null,
    body_ar text not null,
    severity text not null check (severity in ('INFO', 'ADVISORY', 'WARNING', 'EMERGENCY')),
    published_at timestamptz(3) not null,
    valid_from timestamptz(3) not null,
    valid_until timestamptz(3) check (valid_until > valid_from),
    publisher_id text not null,
    supersedes_id text references bulletin (id) check (supersedes_id <> id),
    sample boolean not null
  )`,
  sql`create index bulletin_newest on bulletin (published_at desc, id desc)`,
  sql`create table covid_figure (
    day date primary key,
    confirmed_total integer not null check (confirmed_total >= 0)
  )`,
];

export const bulletins = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db);
  },
};
