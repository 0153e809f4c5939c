/** Which operations clients send: their text without values, and how often, by client and day. */
import { type Kysely, sql } from "kysely";

const statements = [
  `create table operation (
    sha256 text collate "C" primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    document text not null
  )`,
  `create table operation_use (
    variant text collate "C" not null,
    day date not null,
    operation_sha256 text collate "C" not null references operation,
    client_name text collate "C" not null,
    client_version text collate "C" not null,
    count bigint not null check (count > 0),
    primary key (variant, day, operation_sha256, client_name, client_version)
  )`,
];

export const use = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
