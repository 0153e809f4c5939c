/**
 * A grant says by which ways data may be read under it. Without that, whoever may read rows learns what
 * counts keep back. Grants from before keep the one way that gives no row away.
 */
import { type Kysely, sql } from "kysely";

const statements = [
  `alter table access_grant add column operations jsonb not null default '["COUNTS"]'
    check (jsonb_typeof(operations) = 'array' and jsonb_array_length(operations) > 0)`,
  `alter table access_grant alter column operations drop default`,
];

export const grantOperations = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
