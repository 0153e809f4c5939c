/** Heads of the access log that were published, each with the proof that it grew from the one before. */
import { type Kysely, sql } from "kysely";

const statements = [
  `create table published_head (
    tree_size bigint primary key check (tree_size > 0),
    previous_size bigint references published_head check (previous_size < tree_size),
    jws text not null,
    hashes jsonb not null check (jsonb_typeof(hashes) = 'array'),
    at timestamptz(3) not null,
    unique nulls not distinct (previous_size)
  )`,
  `create trigger published_head_is_append_only before update or delete or truncate on published_head
    for each statement execute function refuse_change()`,
];

export const publishedHeads = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
