/** `npm run access-log:audit -- FILE…`: every entry of the access log against heads that were kept. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { sql } from "kysely";
import { silentLog } from "../platform/log.ts";
import {
  joinEvidence,
  readEvidence,
  readKey,
} from "../subgraphs/data-sharing/access-log.evidence.ts";
import { verifyAccessLog } from "../subgraphs/data-sharing/access-log.verify.ts";
import { listAccessSums, scanAccesses } from "../subgraphs/data-sharing/statistics.store.ts";
import { subgraph } from "../subgraphs/data-sharing/subgraph.ts";
import type { DataSharingTables } from "../subgraphs/data-sharing/tables.ts";
import { openDatabase } from "../subgraphs/kit/database.ts";
import { migrate } from "../subgraphs/kit/migrate.ts";
import { openCityHome } from "./city-home.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run access-log:audit -- FILE…

Reads the whole access log from the database: each entry against its hash and the one before, the tree
that they make against every signed head and every head in the files, and the sums that statistics show
against the entries. A FILE is a history as it was published at /access-log/heads.json; keep one outside
of the database's reach, for it holds the public key and convicts who rewrites both log and heads.
  DATABASE_URL    the PostgreSQL that holds the log; it may be in use
  CITY_GRAPH_HOME without DATABASE_URL: the embedded database of \`npm start\` (default .city), which
                  must be stopped, since only one process can open it
Ends with 0 when the log is whole, with 2 when it is not.`;

async function readKept(files: readonly string[]) {
  const read = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, "utf8").catch(() => {
        throw new ToolError(`"${file}" cannot be read: give the path of a published history.`);
      });
      const evidence = readEvidence(text);
      if (!evidence.ok) throw new ToolError(`"${file}" is no evidence: ${evidence.problem}`);
      return evidence.evidence;
    }),
  );
  const [first, ...others] = read;
  if (!first) throw new ToolError(`Name a file.\n\n${usage}`);
  const joined = joinEvidence([first, ...others]);
  if (!joined) throw new ToolError("The files name different public keys: they are of two logs.");
  return { publicJwk: readKey(joined.publicKey), keptHeads: joined.heads };
}

await runTool({ usage, options: {}, positionals: true }, async ({ positionals }) => {
  const kept = await readKept(positionals);
  const url = process.env["DATABASE_URL"];
  const home = url ? undefined : openCityHome();
  const folder = home?.dataOf("data-sharing");
  if (folder && !existsSync(folder)) {
    throw new ToolError(
      `There is no database in ${folder}: set DATABASE_URL, or run npm start first.`,
    );
  }
  const unlock = home?.lock();
  const store = url
    ? ({ kind: "postgres", url, maxConnections: 1 } as const)
    : ({ kind: "pglite", folder: folder ?? "" } as const);
  const options = { subgraph: "data-sharing", store, extensions: [], log: silentLog } as const;
  const db = await openDatabase<DataSharingTables>(options);
  try {
    await migrate(db, subgraph);
    // One snapshot: entries that come meanwhile are of the next audit.
    return await db
      .transaction()
      .setIsolationLevel("repeatable read")
      .execute(async (transaction) => {
        // A scan of the whole log may take as long as it takes.
        await sql`set local statement_timeout = 0`.execute(transaction);
        const verdict = await verifyAccessLog(transaction, kept);
        if (!verdict.ok) {
          console.log(`BROKEN  at entry ${verdict.sequence}: ${verdict.problem}`);
          return 2;
        }
        console.log(`whole   ${verdict.entries} entries, root ${verdict.rootHash}`);
        console.log(`held    ${kept.keptHeads.length} heads that were kept`);
        const sums = JSON.stringify(
          await listAccessSums(transaction, { from: null, to: null }),
          text,
        );
        const isRight = sums === JSON.stringify(await scanAccesses(transaction), text);
        console.log(`${isRight ? "right " : "BROKEN"}  the sums that statistics show`);
        return isRight ? 0 : 2;
      });
  } finally {
    await db.destroy();
    unlock?.();
  }
});

/** JSON has no bigint. */
function text(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}` : value;
}
