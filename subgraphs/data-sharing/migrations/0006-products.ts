/** Datasets that can be queried through the graph, their rows, and what grants have used of them. */
import { type Kysely, sql } from "kysely";

const statements = [
  `create table data_product (
    dataset_id text collate "C" primary key references dataset,
    fields jsonb not null check (jsonb_array_length(fields) > 0),
    sample boolean not null
  )`,
  `create table product_row (
    dataset_id text collate "C" not null references data_product,
    id integer not null,
    subject text collate "C",
    data jsonb not null check (jsonb_typeof(data) = 'object'),
    primary key (dataset_id, id)
  )`,
  // How often a grant was used in an hour of the clock.
  `create table grant_use (
    grant_id text collate "C" not null references access_grant,
    hour timestamptz(3) not null,
    used integer not null check (used > 0),
    primary key (grant_id, hour)
  )`,
  // A question is answered once: asked again, it gets the same answer and costs nothing.
  `create table private_answer (
    grant_id text collate "C" not null references access_grant,
    question text collate "C" not null,
    milli_epsilon integer not null check (milli_epsilon > 0),
    value bigint not null,
    at timestamptz(3) not null,
    primary key (grant_id, question)
  )`,
  `create trigger private_answer_is_append_only before update or delete or truncate on private_answer
    for each statement execute function refuse_change()`,
];

export const products = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
