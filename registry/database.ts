/**
 * The registry's database, in a PostgreSQL schema of its own or PGlite. What was published, composed,
 * launched and noted is only ever added to: the database itself refuses to change or delete it.
 */
import { type Kysely, sql } from "kysely";
import { type BaseContext, defineSubgraph } from "../subgraphs/kit/define-subgraph.ts";
import type { RegistryTables } from "./tables.ts";

const keptForEver = ["sdl", "composition", "launch", "audit"];

const tables = [
  `create table subgraph (name text primary key, owner text not null, contacts text not null,
     service_level text not null, registered_at timestamptz not null)`,
  `create table sdl (id integer generated always as identity primary key,
     subgraph text not null references subgraph, sha256 text not null, sdl text not null,
     routing_url text not null, published_at timestamptz not null, published_by text not null)`,
  `create table composition (id integer generated always as identity primary key, sha256 text,
     supergraph text, members jsonb not null, findings jsonb not null, subgraph text not null,
     sdl_sha256 text not null, composed_at timestamptz not null, composed_by text not null,
     check ((sha256 is null) = (supergraph is null)))`,
  `create table launch (id integer generated always as identity primary key, variant text not null,
     composition_id integer not null references composition,
     kind text not null check (kind in ('publish', 'rollback')),
     launched_at timestamptz not null, launched_by text not null)`,
  `create index launch_by_variant on launch (variant, id)`,
  `create table credential (id text primary key, agency text not null, hash text not null unique,
     subgraphs jsonb not null, created_at timestamptz not null, expires_at timestamptz,
     revoked_at timestamptz)`,
  `create table consent (coordinate text not null, granted_by text not null,
     granted_to text not null, granted_at timestamptz not null,
     primary key (coordinate, granted_by, granted_to))`,
  `create table operation_usage (day text not null, operation text not null, client text not null,
     client_version text not null, count integer not null,
     primary key (day, operation, client, client_version))`,
  `create table field_usage (day text not null, coordinate text not null, client text not null,
     count integer not null, primary key (day, coordinate, client))`,
  `create table audit (id integer generated always as identity primary key, at timestamptz not null,
     actor text not null, action text not null, detail jsonb not null)`,
  `create function kept_for_ever() returns trigger language plpgsql as $$
     begin raise exception 'rows of % are kept as they are', tg_table_name; end $$`,
  ...keptForEver.map(
    (table) => `create trigger kept_for_ever before update or delete or truncate on ${table}
      for each statement execute function kept_for_ever()`,
  ),
];

/** Contracts by tags, and use by variant. The three that most cities want are there from the start. */
const contracts = [
  `create table contract (name text primary key, include jsonb not null, exclude jsonb not null,
     hide_unreachable boolean not null, set_at timestamptz not null)`,
  `insert into contract values
     ('public', '[]', '["partner", "internal"]', true, now()),
     ('partner', '[]', '["internal"]', true, now()),
     ('internal', '[]', '[]', false, now())`,
  `alter table launch drop constraint launch_kind_check`,
  `alter table launch add constraint launch_kind_check
     check (kind in ('publish', 'rollback', 'contract', 'promote'))`,
  `alter table field_usage add column variant text not null default 'current'`,
  `alter table field_usage drop constraint field_usage_pkey`,
  `alter table field_usage add primary key (day, variant, coordinate, client)`,
];

const candidates = [
  `create table candidate (id integer generated always as identity primary key,
     subgraph text not null references subgraph, sdl_id integer not null references sdl,
     share real not null check (share between 0 and 100),
     state text not null check (state in ('open', 'promoted', 'withdrawn')),
     compositions jsonb not null, opened_at timestamptz not null, opened_by text not null,
     ended_at timestamptz, ended_by text, reason text,
     check ((state = 'open') = (ended_at is null)))`,
  `create unique index one_open_candidate on candidate (state) where state = 'open'`,
  `create table canary_count (candidate_id integer not null references candidate, lane text not null,
     requests double precision not null, errors double precision not null, buckets jsonb not null,
     primary key (candidate_id, lane))`,
];

/** Texts of what was asked, so that it can be checked as clients ask it. */
const operations = [
  `create table operation_text (operation text primary key, text text not null)`,
  `alter table operation_usage alter column count type bigint`,
  `alter table field_usage alter column count type bigint`,
];

const run = (statements: readonly string[]) => ({
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});

/** Shares the kit's way of opening and migrating a database; it serves no graph. */
export const registryDefinition = defineSubgraph<RegistryTables, BaseContext<RegistryTables>>({
  name: "registry",
  resolvers: [],
  orphanedTypes: [],
  references: {},
  extensions: [],
  migrations: {
    "0001-registry": run(tables),
    "0002-contracts": run(contracts),
    "0003-candidates": run(candidates),
    "0004-operations": run(operations),
  },
  async seed() {},
  createContext: (base) => base,
});
