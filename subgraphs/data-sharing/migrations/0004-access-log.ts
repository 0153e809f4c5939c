/**
 * The access log: entries that only ever follow one another, and the signed heads of their tree. The
 * database refuses gaps, forks, steps back in time and every change; hashes are checked by the audit.
 */
import { type Kysely, sql } from "kysely";

const hash = (column: string): string =>
  `${column} text collate "C" not null check (${column} ~ '^[0-9a-f]{64}$')`;

const appendOnly = (table: string): string =>
  `create trigger ${table}_is_append_only before update or delete or truncate on ${table}
    for each statement execute function refuse_change()`;

const statements = [
  `create table access_log_entry (
    sequence bigint primary key check (sequence > 0),
    at timestamptz(3) not null,
    actor text not null,
    agency_id text collate "C",
    subject_id text collate "C" not null,
    dataset_id text collate "C",
    purpose text not null,
    operation text not null
      check (operation in ('ROWS', 'COUNTS', 'PRIVATE_AGGREGATE', 'REQUEST', 'SIGN')),
    fields jsonb not null check (jsonb_typeof(fields) = 'array'),
    row_count integer not null check (row_count >= 0),
    suppressed_cells integer not null check (suppressed_cells >= 0),
    outcome text not null check (outcome in ('GRANTED', 'REFUSED')),
    refusal text,
    request_id text not null,
    ${hash("previous_hash")},
    ${hash("hash")},
    unique (hash),
    check ((outcome = 'REFUSED') = (refusal is not null)),
    constraint refused_gives_nothing check (outcome = 'GRANTED' or row_count = 0)
  )`,
  `create index access_log_entry_dataset on access_log_entry (dataset_id, sequence desc)`,
  `create index access_log_entry_agency on access_log_entry (agency_id, sequence desc)`,
  // A row sees those before it in the same statement, since the function is volatile.
  `create function follow_access_log() returns trigger language plpgsql volatile as $$
    declare
      last_sequence bigint := 0;
      last_hash text := repeat('0', 64);
      last_at timestamptz;
    begin
      select sequence, hash, at into last_sequence, last_hash, last_at
        from access_log_entry order by sequence desc limit 1;
      if new.sequence is distinct from coalesce(last_sequence, 0) + 1
        or new.previous_hash is distinct from coalesce(last_hash, repeat('0', 64))
        or new.at < last_at
      then
        raise exception 'entry % does not follow the end of the access log', new.sequence
          using errcode = 'restrict_violation';
      end if;
      return new;
    end $$`,
  `create trigger access_log_entry_follows before insert on access_log_entry
    for each row execute function follow_access_log()`,
  `create table access_log_tree_head (
    tree_size bigint primary key check (tree_size > 0),
    ${hash("root_hash")},
    frontier jsonb not null check (jsonb_typeof(frontier) = 'array'),
    at timestamptz(3) not null,
    jws text not null
  )`,
  ...["access_log_entry", "access_log_tree_head"].map(appendOnly),
];

export const accessLog = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
