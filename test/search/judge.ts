/**
 * `npm run search:judge`: the judged queries against both ways to search, as the table of docs/search.md.
 * The PostgreSQL is embedded (test/load/postgres.ts); each query runs twenty times for the latency.
 */
import { createSearchIndex } from "../../subgraphs/services/search-index.ts";
import { startPostgres } from "../load/postgres.ts";
import { openPgliteSearch, openPostgresSearch } from "./database-search.ts";
import { type JudgedQuery, mean, ndcg, readJudgedQueries, recall } from "./scores.ts";
import { readSeedEntries } from "./seed-entries.ts";

const timesEach = 20;

type Search = (query: string) => Promise<readonly string[]>;
type Scored = JudgedQuery & { readonly ndcg: number; readonly recall: number };

const entries = await readSeedEntries();
const queries = await readJudgedQueries();
const showMisses = process.argv.includes("--misses");

async function score(search: Search): Promise<readonly Scored[]> {
  const scored: Scored[] = [];
  for (const judged of queries) {
    const ids = await search(judged.query);
    const one = { ndcg: ndcg(judged.grades, ids), recall: recall(judged.grades, ids) };
    scored.push({ ...judged, ...one });
    if (showMisses && one.ndcg < 0.8) {
      console.log(`  ${one.ndcg.toFixed(2)} ${judged.query} → ${ids.slice(0, 5).join(" ")}`);
    }
  }
  return scored;
}

async function latencies(search: Search): Promise<readonly number[]> {
  const took: number[] = [];
  for (let round = 0; round <= timesEach; round += 1) {
    for (const { query } of queries) {
      const start = performance.now();
      await search(query);
      // The first round warms up.
      if (round > 0) took.push(performance.now() - start);
    }
  }
  return took.sort((one, other) => one - other);
}

async function judge(name: string, search: Search): Promise<void> {
  const scored = await score(search);
  const took = await latencies(search);
  const part = (choose: (one: Scored) => boolean, key: "ndcg" | "recall"): string =>
    mean(scored.filter(choose).map((one) => one[key])).toFixed(3);
  const quantile = (q: number): string => (took[Math.floor(took.length * q)] ?? 0).toFixed(2);
  const cells = [
    name,
    part(() => true, "ndcg"),
    part(() => true, "recall"),
    part(({ language }) => language === "en", "ndcg"),
    part(({ language }) => language === "ar", "ndcg"),
    part(({ misspelt }) => misspelt, "ndcg"),
    quantile(0.5),
    quantile(0.99),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

const misspelt = queries.filter((one) => one.misspelt).length;
const arabic = queries.filter((one) => one.language === "ar").length;
console.log(`${queries.length} queries, ${arabic} Arabic, ${misspelt} misspelt.\n`);
console.log(
  "| search | nDCG@10 | recall@10 | nDCG English | nDCG Arabic | nDCG misspelt | p50 ms | p99 ms |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");

const index = createSearchIndex(entries);
await judge("MiniSearch, in memory", async (query) =>
  index.search(query).map(({ entry }) => entry.id),
);
const pglite = await openPgliteSearch(entries);
await judge("full text and trigrams, PGlite", pglite.search);
await pglite.stop();
const server = await startPostgres();
const postgres = await openPostgresSearch(server.url, entries);
await judge("full text and trigrams, PostgreSQL", postgres.search);
await postgres.stop();
await server.stop();
