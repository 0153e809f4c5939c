/**
 * How soon every gateway obeys: four of them in front of one value that is cached for an hour. The value
 * changes and is invalidated, by the operators' endpoint of one gateway or by its subgraph's stream, while
 * each gateway is read all the time. Measured is, from the moment of asking, the last beginning of a read
 * that any of them still answered with the old value.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { Pool } from "undici";
import { silentLog } from "../../platform/log.ts";
import { createInvalidationSender } from "../../subgraphs/kit/invalidation-sender.ts";
import { operatorKey, startGateway } from "./gateways.ts";

const times = 300;
const processes = 4;
const namespace = "invalidation-benchmark";
const sdl = "type Query { value: Int }";
const request = { query: "{ value }" };

async function serveValue() {
  let value = 0;
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      "content-type": "application/json",
      "cache-control": "public, max-age=3600",
    });
    response.end(JSON.stringify({ data: { value } }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/graphql`;
  return {
    url,
    change: () => (value += 1),
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const postOf = (pool: Pool, path: string, body: unknown) =>
  pool.request({
    method: "POST",
    path,
    headers: { "content-type": "application/json", authorization: `Bearer ${operatorKey}` },
    body: JSON.stringify(body),
  });

/** Reads one gateway until it gives the new value. @returns when the last read began that gave the old. */
async function lastOldRead(pool: Pool, value: number): Promise<number> {
  let last = Number.NEGATIVE_INFINITY;
  for (;;) {
    const startMs = performance.now();
    const { body } = await pool.request({
      method: "POST",
      path: "/graphql",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    const answer = (await body.json()) as { data: { value: number } };
    if (answer.data.value === value) return last;
    last = startMs;
  }
}

const percentiles = (values: readonly number[]): string => {
  const sorted = values.toSorted((one, other) => one - other);
  return [0.5, 0.99, 1]
    .map((share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
    .map((ms) => ms.toFixed(1))
    .join(" | ");
};

/** @returns a table in markdown. */
export async function measureInvalidation(redisUrl: string): Promise<string> {
  const origin = await serveValue();
  const folder = mkdtempSync(join(tmpdir(), "city-graph-bench-invalidation-"));
  const { supergraphSdl } = composeServices([
    { name: "one", url: origin.url, typeDefs: parse(sdl) },
  ]);
  const file = join(folder, "supergraph.graphql");
  writeFileSync(file, supergraphSdl ?? "");
  const gateways = await Promise.all(
    Array.from({ length: processes }, () =>
      startGateway({ SUPERGRAPH: file, REDIS_URL: redisUrl, CACHE_NAMESPACE: namespace }),
    ),
  );
  const pools = gateways.map(({ url }) => new Pool(url, { connections: 4 }));
  const sender = createInvalidationSender({
    subgraph: "one",
    namespace,
    redis: { url: redisUrl },
    log: silentLog,
  });
  const stale = { kind: "subgraph", subgraph: "one" } as const;
  async function measure(ask: (index: number) => Promise<void>): Promise<string> {
    const obeyed: number[] = [];
    const told: number[] = [];
    for (let index = 0; index < times; index += 1) {
      const value = origin.change();
      const startMs = performance.now();
      const asked = ask(index).then(() => told.push(performance.now() - startMs));
      const reads = await Promise.all(pools.map((pool) => lastOldRead(pool, value)));
      obeyed.push(Math.max(0, ...reads.map((ms) => ms - startMs)));
      await asked;
      await sleep(10);
    }
    return `${percentiles(obeyed)} | ${percentiles(told)}`;
  }
  try {
    for (const pool of pools) await lastOldRead(pool, 0);
    const byEndpoint = await measure(async (index) => {
      const { body } = await postOf(pools[index % processes] as Pool, "/invalidation", [stale]);
      await body.dump();
    });
    const byStream = await measure(async () => sender.send([stale]));
    return [
      "### Invalidation",
      "",
      `${processes} gateways on one Redis, ${times} times each; milliseconds from asking until no gateway answers with the old value any more, and until it is reported as done.`,
      "",
      "| asked by | p50 | p99 | longest | reported: p50 | p99 | longest |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
      `| POST /invalidation | ${byEndpoint} |`,
      `| the subgraph's stream | ${byStream.split(" | ").slice(0, 3).join(" | ")} | – | – | – |`,
      "",
    ].join("\n");
  } finally {
    await sender.stop();
    for (const pool of pools) await pool.close();
    for (const { stop } of gateways) await stop();
    await origin.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
