/**
 * How cost grows, gateway beside gateway in one run: with the entities of an answer, with the subgraphs that
 * are asked, and with the types of the supergraph. `npm run bench:growth -- --help`.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import type { Load, Measured } from "../load/client.ts";
import { usageOfTree } from "../load/process-tree.ts";
import { chosen, positive, UsageError } from "../options.ts";
import { type Peer, peers } from "../peers/peers.ts";
import { freePort, nextMessage, startHelper, startServer } from "../processes.ts";
import { number, table } from "../report.ts";
import { compose, queryOf, rightAnswer, sdlOf, type Size } from "./graphs.ts";

const usage = `Usage: npm run bench:growth [-- --seconds N] [--rounds N] [--peers a,b] [--along a,b]

How the cost of a request grows, gateway beside gateway, in rounds that alternate between them.
  --seconds N   of load on each peer in a round (3)
  --rounds N    for each size (3)
  --peers       ${peers.map(({ name }) => name).join(", ")} (apollo,city)
  --along       entities, subgraphs, types (all)
The tables go to the terminal and to bench/results/growth.md. Linux only.`;

type Axis = { readonly name: string; readonly title: string; readonly sizes: readonly Size[] };

const usual: Size = { entities: 100, subgraphs: 4, types: 100 };
const along = (name: keyof Size, title: string, values: readonly number[]): Axis => ({
  name,
  title,
  sizes: values.map((value) => ({ ...usual, [name]: value })),
});

const axes: readonly Axis[] = [
  along("entities", "Entities of the answer", [10, 100, 1_000, 10_000]),
  along("subgraphs", "Subgraphs that are asked", [4, 10, 20, 40]),
  along("types", "Types of the supergraph", [100, 500, 1_000, 5_000]),
];

type Row = {
  readonly label: string;
  readonly startSeconds: number;
  readonly firstMs: number;
  readonly cpuMs: number;
  readonly p50Ms: number;
  readonly rssMiB: number;
  readonly failures: number;
};

const connections = 8;
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function post(url: string, query: string): Promise<unknown> {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) });
  return response.json();
}

async function startPeer(peer: Peer, supergraph: string, size: Size) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}${peer.name === "apollo" ? "/" : "/graphql"}`;
  const { args, env } = peer.launch({ supergraph, port, mode: "alone", operation: "small" });
  const startedMs = performance.now();
  const { pid, stop } = await startServer(args, env, async () =>
    Boolean(((await post(url, "{ __typename }")) as { data?: unknown }).data),
  );
  const startSeconds = (performance.now() - startedMs) / 1_000;
  const askedMs = performance.now();
  const answer = await post(url, queryOf(size));
  const firstMs = performance.now() - askedMs;
  if (isDeepStrictEqual(answer, rightAnswer(size)))
    return { peer, url, pid, stop, startSeconds, firstMs };
  await stop();
  throw new Error(`${peer.label} gives a wrong answer: ${JSON.stringify(answer).slice(0, 500)}`);
}

async function measureSize(
  size: Size,
  compared: readonly Peer[],
  { seconds, rounds }: { readonly seconds: number; readonly rounds: number },
): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "city-graph-growth-"));
  const subgraphs = startHelper(file("subgraphs.ts"));
  const client = startHelper(file("../load/client.ts"));
  const started: Awaited<ReturnType<typeof startPeer>>[] = [];
  try {
    const sdl = sdlOf(size);
    subgraphs.send({ sdl });
    const { urls } = await nextMessage<{ urls: Readonly<Record<string, string>> }>(subgraphs);
    const supergraph = join(folder, "supergraph.graphql");
    await writeFile(supergraph, compose(sdl, urls));
    for (const peer of compared) started.push(await startPeer(peer, supergraph, size));
    const body = JSON.stringify({ query: queryOf(size) });
    const measured = started.map(() => ({
      cpuMs: [] as number[],
      p50Ms: [] as number[],
      failures: 0,
    }));
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1)
      for (const [index, { url, pid }] of started.entries()) {
        const before = usageOfTree(pid).cpuMs;
        const load: Load = { url, body, connections, seconds };
        const answered = nextMessage<Measured>(client);
        client.send(load);
        const { requests, p50Ms, failures } = await answered;
        const kept = measured[index];
        if (!kept || round === 0) continue;
        kept.cpuMs.push((usageOfTree(pid).cpuMs - before) / requests);
        kept.p50Ms.push(p50Ms);
        kept.failures += failures;
      }
    return started.map(({ peer, pid, startSeconds, firstMs }, index) => ({
      label: peer.name === "city" ? "City Graph" : (peer.label.split(" with ")[0] ?? peer.label),
      startSeconds,
      firstMs,
      cpuMs: median(measured[index]?.cpuMs ?? []),
      p50Ms: median(measured[index]?.p50Ms ?? []),
      rssMiB: usageOfTree(pid).rssBytes / 1024 ** 2,
      failures: measured[index]?.failures ?? 0,
    }));
  } finally {
    for (const { stop } of started) await stop();
    await Promise.all([subgraphs.stopped(), client.stopped()]);
    await rm(folder, { recursive: true });
  }
}

function tableOf(axis: Axis, results: readonly (readonly Row[])[]): string {
  const head = [axis.title, "gateway", "CPU ms/request", "CPU ÷ City's", "p50 ms"];
  const further = ["first request ms", "start s", "RSS MiB", "failures"];
  const rows = results.flatMap((ofSize, index) => {
    const size = String(axis.sizes[index]?.[axis.name as keyof Size]);
    const city = ofSize.find(({ label }) => label === "City Graph");
    return ofSize.map((row) => [
      size,
      row.label,
      number(row.cpuMs),
      city ? number(row.cpuMs / city.cpuMs) : "-",
      number(row.p50Ms),
      number(row.firstMs),
      number(row.startSeconds),
      number(row.rssMiB),
      String(row.failures),
    ]);
  });
  return `## ${axis.title}\n\n${table([[...head, ...further], ...rows])}\n`;
}

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { seconds: text, rounds: text, peers: text, along: text, help: { type: "boolean" } },
  });
  if (values.help) throw new UsageError(usage);
  const seconds = positive("seconds", values.seconds ?? "3");
  const rounds = positive("rounds", values.rounds ?? "3");
  const compared = chosen("peers", peers, values.peers ?? "apollo,city");
  const sections: string[] = [];
  for (const axis of chosen("along", axes, values.along)) {
    const results: (readonly Row[])[] = [];
    for (const size of axis.sizes) {
      process.stderr.write(`${axis.name}: ${JSON.stringify(size)}\n`);
      results.push(await measureSize(size, compared, { seconds, rounds }));
    }
    sections.push(tableOf(axis, results));
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}`;
  const report = `# How cost grows

${machine}. Where it is not the one that grows: ${usual.entities} entities, ${usual.subgraphs} subgraphs, ${usual.types} types. ${connections} connections; for each size a warm-up, then ${rounds} rounds of ${seconds} s for each gateway, alternating; medians. Nothing is shared or cached, and every entity is another one. "First request" is the first with this query: its planning.

${sections.join("\n")}`;
  const results = new URL("../results/", import.meta.url);
  await mkdir(results, { recursive: true });
  await writeFile(new URL("growth.md", results), report);
  process.stdout.write(report);
}

main().catch((error: unknown) => {
  const { message, stack } = error as Error;
  process.stderr.write(`${error instanceof UsageError ? message : stack}\n`);
  process.exitCode = 1;
});
