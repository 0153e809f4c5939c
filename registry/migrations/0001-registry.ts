/**
 * Subgraphs, what they published, what came of composing it, and what was launched. What is history
 * is append-only, and launches of a variant are a chain that cannot fork: the database holds both.
 */
import { type Kysely, sql } from "kysely";

const appendOnly = (table: string): string =>
  `create trigger ${table}_is_append_only before update or delete or truncate on ${table}
    for each statement execute function refuse_change()`;

const statements = [
  `create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only: correct it by a new record', tg_table_name
        using errcode = 'restrict_violation';
    end $$`,
  `create table subgraph (
    name text collate "C" primary key check (name ~ '^[a-zA-Z][a-zA-Z0-9_-]{0,63}$'),
    owner_agency text collate "C" not null check (owner_agency <> ''),
    contact_name text not null,
    contact_email text not null check (contact_email like '%_@_%'),
    availability_percent double precision not null
      check (availability_percent > 0 and availability_percent <= 100),
    answer_within_ms integer not null check (answer_within_ms > 0),
    registered_at timestamptz(3) not null,
    unique (name, owner_agency)
  )`,
  `create table schema_version (
    id integer generated always as identity primary key,
    subgraph text collate "C" not null references subgraph,
    sdl text not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    routing_url text not null,
    published_at timestamptz(3) not null,
    published_by text not null,
    unique (id, subgraph)
  )`,
  `create index schema_version_by_subgraph on schema_version (subgraph, id desc)`,
  // Every result: of publishing, of checks alone, and of what was refused.
  `create table composition (
    id integer generated always as identity primary key,
    purpose text not null check (purpose in ('CHECK', 'PUBLISH')),
    supergraph text,
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    errors jsonb not null check (jsonb_typeof(errors) = 'array'),
    inputs jsonb not null check (jsonb_typeof(inputs) = 'array'),
    composed_at timestamptz(3) not null,
    requested_by text not null,
    unique (id, purpose),
    check ((sha256 is null) = (jsonb_array_length(errors) > 0)),
    check (supergraph is null or sha256 is not null)
  )`,
  `create table composition_member (
    composition_id integer not null references composition,
    subgraph text collate "C" not null,
    schema_version_id integer not null,
    primary key (composition_id, subgraph),
    foreign key (schema_version_id, subgraph) references schema_version (id, subgraph)
  )`,
  // Each launch follows one: two publishers who saw the same one live cannot both go on from it.
  `create table launch (
    id integer generated always as identity primary key,
    variant text collate "C" not null check (variant ~ '^[a-z][a-z0-9-]{0,31}$'),
    previous_id integer,
    composition_id integer not null references composition,
    restores_id integer,
    launched_at timestamptz(3) not null,
    launched_by text not null,
    unique (variant, id),
    constraint launches_do_not_fork unique nulls not distinct (variant, previous_id),
    foreign key (variant, previous_id) references launch (variant, id),
    foreign key (variant, restores_id) references launch (variant, id)
  )`,
  `create table audit_entry (
    id integer generated always as identity primary key,
    at timestamptz(3) not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail jsonb not null
  )`,
  ...["schema_version", "composition", "composition_member", "launch", "audit_entry"].map(
    appendOnly,
  ),
];

export const registry = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
