/** Brings a subgraph's database up to date: its migrations by Kysely's Migrator, its seed once. */
import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { schemaNameOf } from "./database.ts";
import type { AnySubgraph } from "./define-subgraph.ts";

/** @throws the error of the first migration that failed; those before it stay applied. */
export async function migrate<Tables>(db: Kysely<Tables>, definition: AnySubgraph): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => ({ ...(definition.migrations as Record<string, Migration>) }),
    },
    migrationTableSchema: schemaNameOf(definition.name),
  });
  const { error } = await migrator.migrateToLatest();
  if (error)
    throw error instanceof Error ? error : new Error("A migration failed.", { cause: error });
}

/** Seeds an empty database in one transaction; says whether it did. Safe when several processes start at once. */
export async function seedOnce<Tables>(
  db: Kysely<Tables>,
  definition: AnySubgraph,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    await sql`create table if not exists seeded (at timestamptz not null)`.execute(transaction);
    await sql`lock table seeded in exclusive mode`.execute(transaction);
    const { rows } = await sql`select 1 from seeded`.execute(transaction);
    if (rows.length > 0) return false;
    await definition.seed(transaction);
    await sql`insert into seeded values (now())`.execute(transaction);
    return true;
  });
}
