/** Opens the registry's database: PostgreSQL when a URL is given, embedded PGlite otherwise. */
import type { Log } from "../platform/log.ts";
import { type DatabaseStore, openDatabase } from "../subgraphs/kit/database.ts";
import { migrate } from "../subgraphs/kit/migrate.ts";
import { migrations } from "./migrations/index.ts";
import type { RegistryDb, RegistryTables } from "./tables.ts";

/** The database schema, which holds nothing but the registry's tables. */
const name = "registry";

/** @throws the error of the first migration that failed. */
export async function openRegistryDatabase(store: DatabaseStore, log: Log): Promise<RegistryDb> {
  const db = await openDatabase<RegistryTables>({ subgraph: name, store, extensions: [], log });
  try {
    await migrate(db, { name, migrations });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}
