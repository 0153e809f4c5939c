/**
 * `npm run bench:data-sharing -- --seconds N --rounds N`: granted queries a second with the access log on, and
 * the same without it, by 1 to 128 readers at once, on a PostgreSQL of its own that waits for the disk. The
 * two take turns. At the end each answer must have its entry, and the log must be whole.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import pg from "pg";
import { Agent, request } from "undici";
import { deriveSubgraphKey, signRequest } from "../../platform/http-signature.ts";
import { encodePrincipal, type Principal } from "../../platform/principal.ts";
import { fromRoot } from "../../platform/root.ts";
import {
  countsQuery,
  createSigner,
  createStory,
  mobilityTerms,
  mobilityWish,
  staff,
} from "../support/sharing-story.ts";
import { startPostgres } from "./postgres.ts";

const number = { type: "string" } as const;
const { values } = parseArgs({ options: { seconds: number, rounds: number } });
const seconds = Number(values.seconds ?? 5);
const rounds = Number(values.rounds ?? 3);
const concurrencies = [1, 8, 32, 128] as const;
const name = "data-sharing";
const key = deriveSubgraphKey("a signing key that only this program ever uses", name);
const dispatcher = new Agent({ connections: 128 });
const say = (line: string): void => console.log(line);

type Ask = (query: string, options: { principal: Principal; variables?: object }) => Promise<any>;
type Server = { readonly ask: Ask; readonly stop: () => Promise<void> };

async function startServer(databaseUrl: string, isLogged: boolean): Promise<Server> {
  const child: ChildProcess = spawn(
    process.execPath,
    [fromRoot("test/load/data-sharing-server.ts")],
    {
      env: {
        PATH: process.env["PATH"],
        NODE_ENV: "production",
        DATABASE_URL: databaseUrl,
        KEY: Buffer.from(key).toString("base64url"),
        ...(isLogged ? {} : { UNLOGGED: "1" }),
      },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}.`)));
  });
  return {
    async ask(query, { principal, variables }) {
      const body = JSON.stringify({ query, variables });
      const encoded = encodePrincipal(principal);
      const parts = {
        method: "POST",
        path: "/graphql",
        body,
        principal: encoded,
        requestId: "load",
      };
      const response = await request(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "city-graph-principal": encoded,
          "x-request-id": "load",
          ...signRequest(parts, key, name, Math.floor(Date.now() / 1_000)),
        },
        body,
        dispatcher,
      });
      return response.body.json();
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function reachGrant(ask: Ask): Promise<string> {
  const story = createStory(ask);
  const signers = { publisher: await createSigner(), requester: await createSigner() };
  await story.register(staff.rtaApprover, signers.publisher);
  await story.register(staff.cares, signers.requester);
  const terms = { ...mobilityTerms, ratePerHour: 100_000 };
  const { grant } = await story.reach(
    {
      requester: staff.cares,
      assessor: staff.rtaAssessor,
      approver: staff.rtaApprover,
      input: mobilityWish,
      terms,
    },
    signers,
  );
  return grant.id;
}

type Measured = { readonly answers: number; readonly latenciesMs: readonly number[] };

async function measure(ask: Ask, grant: string, readers: number, forMs: number): Promise<Measured> {
  const variables = { grant, purpose: "RESEARCH", by: ["period"] };
  const latenciesMs: number[] = [];
  const endMs = performance.now() + forMs;
  await Promise.all(
    Array.from({ length: readers }, async () => {
      while (performance.now() < endMs) {
        const startMs = performance.now();
        const { data } = await ask(countsQuery, { principal: staff.cares, variables });
        if (data?.sharedCounts.__typename !== "SharedCounts") throw new Error(JSON.stringify(data));
        latenciesMs.push(performance.now() - startMs);
      }
    }),
  );
  return { answers: latenciesMs.length, latenciesMs };
}

const percentile = (list: readonly number[], share: number): string =>
  (list.toSorted((a, b) => a - b)[Math.floor(share * (list.length - 1))] ?? 0).toFixed(1);
const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;

const postgres = await startPostgres();
const client = new pg.Client({ connectionString: postgres.url });
const logged = await startServer(postgres.url, true);
const unlogged = await startServer(postgres.url, false);
await client.connect();
try {
  const grant = await reachGrant(logged.ask);
  let granted = 0;
  say(
    `Granted counts (sharedCounts) at the subgraph, ${rounds} rounds of ${seconds} s each; medians.`,
  );
  say(
    "| readers | with the log /s | without /s | with : without | with p50, p99 ms | without p50, p99 ms |",
  );
  say("| --- | --- | --- | --- | --- | --- |");
  for (const readers of concurrencies) {
    const runs: { on: Measured; off: Measured }[] = [];
    for (const { ask } of [unlogged, logged]) {
      const warm = await measure(ask, grant, readers, 1_000);
      if (ask === logged.ask) granted += warm.answers;
    }
    for (let round = 0; round < rounds; round += 1) {
      await client.query("delete from data_sharing.grant_use");
      const off = await measure(unlogged.ask, grant, readers, seconds * 1_000);
      const on = await measure(logged.ask, grant, readers, seconds * 1_000);
      granted += on.answers;
      runs.push({ on, off });
    }
    const perSecond = (one: Measured) => one.answers / seconds;
    const [on, off] = [
      median(runs.map((run) => perSecond(run.on))),
      median(runs.map((run) => perSecond(run.off))),
    ];
    const ratio = median(runs.map((run) => run.on.answers / run.off.answers));
    const [onMs, offMs] = [
      runs.flatMap((run) => run.on.latenciesMs),
      runs.flatMap((run) => run.off.latenciesMs),
    ];
    say(
      `| ${readers} | ${on.toFixed(0)} | ${off.toFixed(0)} | ${(100 * ratio).toFixed(0)} % | ${percentile(onMs, 0.5)}, ${percentile(onMs, 0.99)} | ${percentile(offMs, 0.5)}, ${percentile(offMs, 0.99)} |`,
    );
  }
  const { rows } = await client.query(
    "select count(*)::integer as entries from data_sharing.access_log_entry where outcome = 'GRANTED'",
  );
  const entries = Number(rows[0].entries);
  const { verifyAccessLog } = await import(
    fromRoot("dist", "subgraphs/data-sharing/access-log.verify.js")
  );
  const { openDatabase } = await import(fromRoot("dist", "subgraphs/kit/database.js"));
  const { silentLog } = await import(fromRoot("dist", "platform/log.js"));
  const db = await openDatabase({
    subgraph: name,
    store: { kind: "postgres", url: postgres.url },
    extensions: [],
    log: silentLog,
  });
  const { data } = await logged.ask("{ accessLog { publicKey } }", { principal: staff.cares });
  const publicJwk = JSON.parse(data.accessLog.publicKey);
  const verdict = await verifyAccessLog(db, { publicJwk });
  await db.destroy();
  say(
    `\n${granted} answers, ${entries} entries; the log is ${verdict.ok ? "whole" : JSON.stringify(verdict)}.`,
  );
  say(
    `Load of the machine at the end: ${loadavg()
      .map((one) => one.toFixed(1))
      .join(", ")}.`,
  );
  if (entries !== granted || !verdict.ok) process.exitCode = 1;
} finally {
  await Promise.all([logged.stop(), unlogged.stop(), client.end(), dispatcher.close()]);
  await postgres.stop();
}
