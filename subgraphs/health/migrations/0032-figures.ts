/**
 * Daily figures of public health. `figure_revision` is append-only: what was known when. `figure`
 * holds the last of each day, so that the latest is read from the end of an index.
 */
import { type Kysely, sql } from "kysely";

const metrics = sql`metric in ('CASES', 'TESTS', 'RECOVERIES', 'DEATHS', 'VACCINATIONS')`;

const statements = [
  sql`create table figure_publication (
    id bigint generated always as identity primary key,
    agency_id text not null,
    actor_id text not null,
    recorded_at timestamptz(3) not null,
    source text not null,
    idempotency_key text not null,
    request_digest text not null,
    changed integer not null,
    unique (agency_id, idempotency_key)
  )`,
  sql`create table figure_revision (
    seq bigint generated always as identity primary key,
    publication_id bigint not null references figure_publication (id),
    metric text not null check (${metrics}),
    day date not null,
    value integer not null check (value >= 0),
    recorded_at timestamptz(3) not null
  )`,
  sql`create index figure_revision_of_day on figure_revision (metric, day, seq desc)`,
  sql`create table figure (
    metric text not null,
    day date not null,
    value integer not null,
    revisions integer not null,
    recorded_at timestamptz(3) not null,
    source text not null,
    primary key (metric, day)
  )`,
];

export const figures = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db);
  },
};
