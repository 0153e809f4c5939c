/** `npm run ledger:verify`: proves the books of payments and tells each proof; ends with 1 when one fails. */
import { existsSync } from "node:fs";
import { silentLog } from "../platform/log.ts";
import { openDatabase } from "../subgraphs/kit/database.ts";
import { migrate } from "../subgraphs/kit/migrate.ts";
import { proofs, verifyLedger } from "../subgraphs/payments/ledger.verify.ts";
import { subgraph } from "../subgraphs/payments/subgraph.ts";
import type { Tables } from "../subgraphs/payments/tables.ts";
import { openCityHome } from "./city-home.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run ledger:verify

Proves in one snapshot that the books of payments are right, and prints each proof.
  DATABASE_URL    the PostgreSQL that holds them; it may be in use
  CITY_GRAPH_HOME without DATABASE_URL: the embedded database of \`npm start\` (default .city), which
                  must be stopped, since only one process can open it`;

const shownIds = 10;

await runTool({ usage, options: {} }, async () => {
  const url = process.env["DATABASE_URL"];
  const home = url ? undefined : openCityHome();
  const folder = home?.dataOf("payments");
  if (folder && !existsSync(folder)) {
    throw new ToolError(
      `There is no database in ${folder}: set DATABASE_URL, or run npm start first.`,
    );
  }
  const unlock = home?.lock();
  const store = url
    ? ({ kind: "postgres", url, maxConnections: 1 } as const)
    : ({ kind: "pglite", folder: folder ?? "" } as const);
  const options = { subgraph: "payments", store, extensions: [], log: silentLog } as const;
  const db = await openDatabase<Tables>(options);
  try {
    await migrate(db, subgraph);
    const problems = new Map((await verifyLedger(db)).map(({ broken, ids }) => [broken, ids]));
    for (const proof of proofs) {
      const ids = problems.get(proof);
      console.log(`${ids ? "BROKEN" : "proved"}  ${proof}`);
      if (!ids) continue;
      const more = ids.length > shownIds ? ` and ${ids.length - shownIds} more` : "";
      console.log(`        ${ids.slice(0, shownIds).join(", ")}${more}`);
    }
    console.log(problems.size === 0 ? "The books are right." : `${problems.size} proofs failed.`);
    return problems.size === 0 ? 0 : 1;
  } finally {
    await db.destroy();
    unlock?.();
  }
});
