/** A database of its own on a real PostgreSQL, with the payments schema, and dropped at the end. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { silentLog } from "../../platform/log.ts";
import { openDatabase } from "../../subgraphs/kit/database.ts";
import { migrate, seedOnce } from "../../subgraphs/kit/migrate.ts";
import { subgraph } from "../../subgraphs/payments/subgraph.ts";
import type { Tables } from "../../subgraphs/payments/tables.ts";

/** @param adminUrl a PostgreSQL where databases may be made. */
export async function openFireDatabase(adminUrl: string) {
  const name = `fire_${randomBytes(6).toString("hex")}`;
  const run = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await run(`create database ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  // Named, so that the fire can tell our connections from those that it cuts.
  const own = new URL(url);
  own.searchParams.set("application_name", "fire");
  const store = { kind: "postgres", url: own.href, maxConnections: 10 } as const;
  const options = { subgraph: "payments", store, extensions: [], log: silentLog } as const;
  const db = await openDatabase<Tables>(options);
  await migrate(db, subgraph);
  await seedOnce(db, subgraph);
  return {
    db,
    url: url.href,
    async [Symbol.asyncDispose](): Promise<void> {
      await db.destroy();
      await run(`drop database ${name} with (force)`);
    },
  };
}
