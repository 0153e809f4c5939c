/**
 * A subgraph's database behind one Kysely: PostgreSQL when a URL is given, PGlite embedded otherwise.
 * Either way the tables live in a schema of the subgraph's own. 64-bit integers come back as bigint.
 */
import { mkdir } from "node:fs/promises";
import { PGlite, type Extension } from "@electric-sql/pglite";
import {
  CompiledQuery,
  type Dialect,
  Kysely,
  PGliteDialect,
  PostgresDialect,
  type LogEvent,
} from "kysely";
import pg from "pg";
import type { Log } from "../../platform/log.ts";
import type { DatabaseExtension } from "./define-subgraph.ts";
import {
  createPostgresListener,
  type Listen,
  listenOnPglite,
  provideListen,
} from "./notifications.ts";

const int8Oid = 20;

export type DatabaseStore =
  | { readonly kind: "postgres"; readonly url: string; readonly maxConnections?: number }
  /** `folder` keeps the data across restarts; without it everything is in memory. */
  | { readonly kind: "pglite"; readonly folder?: string }
  /** A dump made by `PGlite.dumpDataDir`: tests start from a seeded database in no time. */
  | { readonly kind: "pglite-dump"; readonly dump: Blob };

export type DatabaseOptions = {
  /** Name of the subgraph: `data-sharing` gets the schema `data_sharing`. */
  readonly subgraph: string;
  readonly store: DatabaseStore;
  readonly extensions: readonly DatabaseExtension[];
  readonly log: Log;
  /** Called for each SQL statement that was sent. */
  readonly onStatement?: (sql: string) => void;
};

export const schemaNameOf = (subgraph: string): string => subgraph.replaceAll("-", "_");

async function loadExtensions(
  names: readonly DatabaseExtension[],
): Promise<Record<string, Extension>> {
  const load: Record<DatabaseExtension, () => Promise<Record<string, Extension>>> = {
    cube: () => import("@electric-sql/pglite/contrib/cube"),
    earthdistance: () => import("@electric-sql/pglite/contrib/earthdistance"),
    pg_trgm: () => import("@electric-sql/pglite/contrib/pg_trgm"),
    btree_gist: () => import("@electric-sql/pglite/contrib/btree_gist"),
  };
  const entries = names.map(async (name) => [name, (await load[name]())[name]] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<string, Extension>;
}

/** Opens the embedded database; the caller closes it (or destroys the Kysely that wraps it). */
export async function openPglite(
  store: Exclude<DatabaseStore, { kind: "postgres" }>,
  extensions: readonly DatabaseExtension[],
): Promise<PGlite> {
  if (store.kind === "pglite" && store.folder) await mkdir(store.folder, { recursive: true });
  return PGlite.create({
    ...(store.kind === "pglite" && store.folder ? { dataDir: store.folder } : {}),
    ...(store.kind === "pglite-dump" ? { loadDataDir: store.dump } : {}),
    extensions: await loadExtensions(extensions),
    parsers: { [int8Oid]: (text: string) => BigInt(text) },
  });
}

function openPostgres(url: string, schema: string, maxConnections: number, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    options: `-c search_path=${schema},public`,
    types: {
      getTypeParser: ((oid: number, format?: "text" | "binary") =>
        oid === int8Oid
          ? (text: string) => BigInt(text)
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // An idle connection that breaks must not end the process; the pool opens another when asked.
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection broke"));
  // The same for one that breaks in the middle of a transaction: its statement fails, not the process.
  pool.on("connect", (client) => {
    client.on("error", (error) => log.warn({ err: error }, "a database connection broke"));
  });
  return pool;
}

type Opened = { readonly dialect: Dialect; readonly listen: Listen };

function openPostgresDialect(url: string, schema: string, max: number, log: Log): Opened {
  const pool = openPostgres(url, schema, max, log);
  const listener = createPostgresListener(() => new pg.Client({ connectionString: url }), log);
  const end = async () => {
    await listener.close();
    await pool.end();
  };
  const dialect = new PostgresDialect({
    pool: { options: pool.options, connect: () => pool.connect(), end },
  });
  return { dialect, listen: listener.listen };
}

async function openDialect(options: DatabaseOptions): Promise<Opened> {
  const { subgraph, store, extensions, log } = options;
  if (store.kind === "postgres") {
    const { url, maxConnections = 10 } = store;
    return openPostgresDialect(url, schemaNameOf(subgraph), maxConnections, log);
  }
  const pglite = await openPglite(store, extensions);
  return { dialect: new PGliteDialect({ pglite }), listen: listenOnPglite(pglite) };
}

/** The database, with the subgraph's schema and extensions there. */
export async function openDatabase<Tables>(options: DatabaseOptions): Promise<Kysely<Tables>> {
  const { subgraph, extensions, onStatement } = options;
  const schema = schemaNameOf(subgraph);
  const { dialect, listen } = await openDialect(options);
  const onEvent = (event: LogEvent) => onStatement?.(event.query.sql);
  const db = new Kysely<Tables>({ dialect, ...(onStatement ? { log: onEvent } : {}) });
  provideListen(db, listen);
  try {
    await prepare(db, schema, extensions);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

async function prepare<Tables>(
  db: Kysely<Tables>,
  schema: string,
  extensions: readonly DatabaseExtension[],
): Promise<void> {
  // Four subgraphs may start on one PostgreSQL at once, and CREATE EXTENSION races with itself.
  await db.transaction().execute(async (transaction) => {
    const run = (sql: string) => transaction.executeQuery(CompiledQuery.raw(sql));
    await run("select pg_advisory_xact_lock(3142592654)");
    await run(`create schema if not exists ${schema}`);
    for (const name of extensions) {
      await run(`create extension if not exists ${name} with schema public cascade`);
    }
  });
  // PGlite has one connection: set once, it stays. PostgreSQL's pool sets it on each by an option.
  await db.executeQuery(CompiledQuery.raw(`set search_path to ${schema}, public`));
}
