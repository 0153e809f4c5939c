/**
 * Bulletins that are corrected, withdrawn and replaced: what each said before is kept, and every
 * change is an event with the key that makes it happen once.
 */
import { type Kysely, sql } from "kysely";

const statements = [
  sql`alter table bulletin
    add column audience text not null default 'EVERYBODY' check (audience in
      ('EVERYBODY', 'TRAVELLERS', 'SCHOOLS', 'BUSINESSES', 'HEALTH_WORKERS')),
    add column revision integer not null default 1 check (revision >= 1),
    add column revised_at timestamptz(3),
    add column withdrawn_at timestamptz(3),
    add column withdrawal_en text,
    add column withdrawal_ar text,
    add check ((withdrawn_at is null) = (withdrawal_en is null)),
    add check ((withdrawn_at is null) = (withdrawal_ar is null))`,
  // Nobody replaces what is replaced already: a chain of bulletins has one end.
  sql`create unique index bulletin_superseded_by on bulletin (supersedes_id)
    where supersedes_id is not null and withdrawn_at is null`,
  sql`drop index bulletin_newest`,
  sql`create index bulletin_newest on bulletin (published_at desc, id desc)
    where withdrawn_at is null`,
  sql`create table bulletin_revision (
    bulletin_id text not null references bulletin (id),
    revision integer not null,
    title_en text not null,
    title_ar text not null,
    body_en text not null,
    body_ar text not null,
    severity text not null,
    audience text not null,
    valid_from timestamptz(3) not null,
    valid_until timestamptz(3),
    replaced_at timestamptz(3) not null,
    primary key (bulletin_id, revision)
  )`,
  sql`create table bulletin_event (
    seq bigint generated always as identity primary key,
    bulletin_id text not null references bulletin (id),
    kind text not null check (kind in ('PUBLISHED', 'CORRECTED', 'WITHDRAWN')),
    happened_at timestamptz(3) not null,
    agency_id text not null,
    actor_id text not null,
    idempotency_key text not null,
    request_digest text not null,
    unique (agency_id, idempotency_key)
  )`,
];

export const bulletinChanges = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db);
  },
};
