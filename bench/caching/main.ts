/**
 * `npm run bench:cache -- --seconds N --rounds N`: the same gateway without a cache, with memory alone,
 * and with Redis, in one run over the same subgraphs on PostgreSQL; and how soon four gateways obey an
 * invalidation. Prints tables in markdown.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Pool } from "undici";
import { usageOfTree } from "../load/process-tree.ts";
import { startPostgres } from "../../test/load/postgres.ts";
import { freePort, nextMessage, startHelper, startServer } from "../processes.ts";
import { type Gateway, isReady, operatorKey, startGateway } from "./gateways.ts";
import { measureInvalidation } from "./invalidation.ts";
import { type CacheWorkload, cacheWorkloads } from "./workloads.ts";

const number = { type: "string" } as const;
const { values } = parseArgs({ options: { seconds: number, rounds: number } });
const [seconds, rounds] = [Number(values.seconds ?? 8), Number(values.rounds ?? 2)];
const connections = 32;
const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "city-graph-bench-cache-"));
const say = (line: string) => process.stderr.write(`${line}\n`);

type Variant = "no cache" | "memory" | "Redis";

async function startCity(databaseUrl: string) {
  const names = ["GATEWAY", "SERVICES", "PAYMENTS", "HEALTH", "DATA_SHARING"];
  const ports = new Map<string, number>();
  for (const name of names) ports.set(name, await freePort());
  const home = join(folder, "city");
  const env = Object.fromEntries([...ports].map(([name, port]) => [`${name}_PORT`, String(port)]));
  const running = await startServer(
    [join(root, "tools/run.mjs"), "start"],
    { CITY_GRAPH_HOME: home, LOG_LEVEL: "warn", DATABASE_URL: databaseUrl, ...env },
    () => isReady(`http://127.0.0.1:${ports.get("GATEWAY")}/ready`),
  );
  const subgraphs = ["services", "payments", "health", "data-sharing"];
  const urlOf = (name: string) => ports.get(name.toUpperCase().replace("-", "_"));
  const token = execFileSync(
    process.execPath,
    [join(root, "tools/run.mjs"), "token", "person", "person-amal"],
    { env: { ...process.env, CITY_GRAPH_HOME: home }, encoding: "utf8" },
  ).trim();
  return {
    stop: running.stop,
    token: token.split("\n").at(-1) ?? "",
    env: {
      SUPERGRAPH: join(root, "schema/supergraph.graphql"),
      SUBGRAPH_URLS: subgraphs
        .map((name) => `${name}=http://127.0.0.1:${urlOf(name)}/graphql`)
        .join(","),
      SIGNING_KEY: readFileSync(join(home, "signing-key"), "utf8").trim(),
      JWKS_URL: join(home, "issuer/jwks.json"),
      JWT_ISSUER: "city-graph-dev",
      JWT_AUDIENCE: "city-graph",
    },
  };
}

/** Sums of metrics by name, and by the label `status` of the cache's answers. */
async function readCounts(url: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: operatorKey } });
  const counts = new Map<string, number>();
  for (const line of (await response.text()).split("\n")) {
    const match = /^(city_graph_\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!match) continue;
    const [, name = "", labels = "", value] = match;
    const type = /type="([^"]*)"/.exec(labels)?.[1] === "response" ? "response " : "";
    const status = /status="([^"]*)"/.exec(labels)?.[1] ?? "";
    const key = `${name} ${type}${status}`.trim();
    counts.set(key, (counts.get(key) ?? 0) + Number(value));
  }
  return counts;
}

async function load({ url, pid }: Gateway, { next }: CacheWorkload, forSeconds: number) {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const latencies: number[] = [];
  let failures = 0;
  const endMs = performance.now() + forSeconds * 1_000;
  const before = { counts: await readCounts(url), cpuMs: usageOfTree(pid).cpuMs };
  const client = async () => {
    while (performance.now() < endMs) {
      const { query, variables, token } = next();
      const sentMs = performance.now();
      const { statusCode, body } = await pool.request({
        method: "POST",
        path: "/graphql",
        headers: {
          "content-type": "application/json",
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      const text = await body.text();
      if (statusCode !== 200 || text.includes('"errors"')) failures += 1;
      latencies.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const cpuMs = usageOfTree(pid).cpuMs - before.cpuMs;
  const after = await readCounts(url);
  await pool.close();
  const grown = (key: string) => (after.get(key) ?? 0) - (before.counts.get(key) ?? 0);
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const answers = "city_graph_cache_answers_total";
  const of = (kind: string) => {
    const hits = grown(`${answers} ${kind}hit`) + grown(`${answers} ${kind}stale`);
    const all = hits + grown(`${answers} ${kind}miss`) + grown(`${answers} ${kind}bypass`);
    return all > 0 ? hits / all : Number.NaN;
  };
  return {
    perSecond: latencies.length / forSeconds,
    p50: at(0.5),
    p99: at(0.99),
    cpuMs: cpuMs / latencies.length,
    fetches: grown("city_graph_subgraph_fetch_seconds_count") / latencies.length,
    responseHits: of("response "),
    partHits: of(""),
    failures,
  };
}

type Row = Awaited<ReturnType<typeof load>>;

const median = (rows: readonly Row[], key: keyof Row): number =>
  rows.map((row) => row[key]).toSorted((one, other) => one - other)[Math.floor(rows.length / 2)] ??
  Number.NaN;

function table(workload: CacheWorkload, results: ReadonlyMap<Variant, readonly Row[]>): string {
  const base = results.get("no cache") ?? [];
  const lines = [...results].map(([variant, rows]) => {
    const percent = (share: number) =>
      Number.isNaN(share) ? "–" : `${(share * 100).toFixed(1)} %`;
    const ratio = median(rows, "perSecond") / median(base, "perSecond");
    const fetches = median(rows, "fetches");
    return [
      variant,
      percent(median(rows, "responseHits")),
      percent(median(rows, "partHits")),
      `${Math.round(median(rows, "perSecond"))} (${ratio.toFixed(1)} ×)`,
      median(rows, "p50").toFixed(1),
      median(rows, "p99").toFixed(1),
      median(rows, "cpuMs").toFixed(3),
      fetches.toFixed(3),
      percent(1 - fetches / median(base, "fetches")),
      rows.reduce((sum, { failures }) => sum + failures, 0),
    ].join(" | ");
  });
  return [
    `### ${workload.name}`,
    "",
    "| cache | whole answers from it | parts from it | requests/s | p50 ms | p99 ms | CPU ms/request | fetches/request | fetches saved | failures |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines.map((line) => `| ${line} |`),
    "",
  ].join("\n");
}

async function main(): Promise<void> {
  const toStop: (() => Promise<void>)[] = [];
  try {
    say("Starting the city …");
    const postgres = await startPostgres();
    toStop.push(postgres.stop);
    const city = await startCity(postgres.url);
    toStop.push(city.stop);
    const helper = startHelper(fileURLToPath(new URL("catalogue.ts", import.meta.url)));
    toStop.push(helper.stopped);
    const catalogue = join(folder, "catalogue.graphql");
    writeFileSync(catalogue, await nextMessage<string>(helper));
    const redisPort = await freePort();
    const redis = `redis://127.0.0.1:${redisPort}`;
    mkdirSync(join(folder, "redis"));
    const server = spawn(
      "redis-server",
      ["--port", String(redisPort), "--save", "", "--dir", join(folder, "redis")],
      { stdio: "ignore" },
    );
    toStop.push(async () => void server.kill());
    const variants: Record<Variant, Record<string, string>> = {
      "no cache": { CACHE: "false" },
      memory: {},
      Redis: { REDIS_URL: redis },
    };
    const graphs: Record<string, Record<string, string>> = {
      city: city.env,
      catalogue: { SUPERGRAPH: catalogue },
    };
    const parts = [
      "# The cache, side by side",
      "",
      `The same gateway without a cache, with memory alone and with Redis, over the same subgraphs (PostgreSQL) in one run; ${connections} connections; for each workload a warm-up, then ${rounds} rounds of ${seconds} s for each, alternating; medians.`,
      "",
    ];
    for (const workload of cacheWorkloads(city.token)) {
      const results = new Map<Variant, Row[]>();
      const gateways = new Map<Variant, Gateway>();
      for (const [variant, env] of Object.entries(variants) as [Variant, Record<string, string>][])
        gateways.set(
          variant,
          await startGateway({ ...graphs[workload.graph], ...env, CACHE_NAMESPACE: workload.name }),
        );
      for (const gateway of gateways.values()) await load(gateway, workload, Math.min(3, seconds));
      for (let round = 0; round < rounds; round += 1)
        for (const [variant, gateway] of gateways) {
          const row = await load(gateway, workload, seconds);
          results.set(variant, [...(results.get(variant) ?? []), row]);
          say(`${workload.name}, ${variant}: ${Math.round(row.perSecond)}/s`);
        }
      for (const { stop } of gateways.values()) await stop();
      parts.push(table(workload, results));
    }
    say("invalidation …");
    parts.push(await measureInvalidation(redis));
    process.stdout.write(`${parts.join("\n")}\n`);
  } finally {
    for (const stop of toStop.toReversed()) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
