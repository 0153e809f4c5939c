/** The two kinds of database that every store is tested on: `describe.each(databases)("… on $kind", …)`. */
import { randomBytes } from "node:crypto";
import { openAsBlob } from "node:fs";
import type { Kysely } from "kysely";
import pg from "pg";
import { inject } from "vitest";
import { silentLog } from "../../platform/log.ts";
import { openDatabase } from "../../subgraphs/kit/database.ts";
import type { SubgraphDefinition, BaseContext } from "../../subgraphs/kit/define-subgraph.ts";
import { migrate, seedOnce } from "../../subgraphs/kit/migrate.ts";

export type TestDatabase<Tables> = AsyncDisposable & {
  readonly db: Kysely<Tables>;
  /** The SQL statements sent since the last `statements.length = 0`. */
  readonly statements: string[];
};

type Store = Parameters<typeof openDatabase>[0]["store"];

async function newPostgresDatabase(): Promise<{ store: Store; drop: () => Promise<void> }> {
  const admin = inject("postgresUrl");
  const name = `test_${randomBytes(6).toString("hex")}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: admin });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`create database ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    store: { kind: "postgres", url: url.href },
    drop: () => run(`drop database ${name} with (force)`),
  };
}

const newPgliteDatabase = async (): Promise<{ store: Store; drop: () => Promise<void> }> => ({
  store: { kind: "pglite-dump", dump: await openAsBlob(inject("pgliteDump")) },
  drop: async () => {},
});

export type OpenOptions = { readonly seed?: boolean };

function opener(newDatabase: () => Promise<{ store: Store; drop: () => Promise<void> }>) {
  return async function open<Tables, Context extends BaseContext<Tables>>(
    definition: SubgraphDefinition<Tables, Context, any>,
    { seed = true }: OpenOptions = {},
  ): Promise<TestDatabase<Tables>> {
    const { store, drop } = await newDatabase();
    const statements: string[] = [];
    const db = await openDatabase<Tables>({
      subgraph: definition.name,
      store,
      extensions: definition.extensions,
      log: silentLog,
      onStatement: (sql) => statements.push(sql),
    });
    await migrate(db, definition);
    if (seed) await seedOnce(db, definition);
    statements.length = 0;
    return {
      db,
      statements,
      async [Symbol.asyncDispose]() {
        await db.destroy();
        await drop();
      },
    };
  };
}

export const databases = [
  { kind: "pglite", open: opener(newPgliteDatabase) },
  { kind: "postgres", open: opener(newPostgresDatabase) },
] as const;
