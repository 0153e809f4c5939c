/**
 * `npm run bench:payments -- --seconds N --entries N`: how many bills are paid a second end to end, through
 * the gateway, from wallets, on PostgreSQL, by 1 to 64 payers at once; with an empty ledger, and with millions
 * of entries in it. Then a payer's own list and a biller's balance at both sizes, with their plans.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { Agent, request } from "undici";
import { deriveSubgraphKey } from "../../platform/http-signature.ts";
import type { Principal } from "../../platform/principal.ts";
import { fromRoot } from "../../platform/root.ts";
import { type DevIssuer, devAudience, devIssuer, openDevIssuer } from "../../tools/issuer.ts";
import { addPast, addPayers, billAmount, pastPayer } from "./ledger-size.ts";
import { freePort, startPostgres } from "./postgres.ts";

const number = { type: "string" } as const;
const { values } = parseArgs({ options: { seconds: number, entries: number } });
const seconds = Number(values.seconds ?? 8);
const entries = Number(values.entries ?? 10_000_000);
const concurrencies = [1, 4, 16, 64] as const;
const signingKey = "a signing key that only this program ever uses";
const say = (line: string): void => console.log(line);

type City = {
  readonly ask: (query: string, variables: object, token: string) => Promise<any>;
  readonly stop: () => Promise<void>;
};

async function until(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${url} ended before it answered.`);
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await sleep(100);
  }
}

async function startCity(databaseUrl: string, jwksFile: string): Promise<City> {
  const [paymentsPort, gatewayPort] = [await freePort(), await freePort()];
  const launch = (script: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess =>
    spawn(process.execPath, [fromRoot(script), ...args], {
      env: { PATH: process.env["PATH"], NODE_ENV: "production", LOG_LEVEL: "error", ...env },
      stdio: ["ignore", "ignore", "inherit"],
    });
  const payments = launch("dist/subgraphs/kit/main.js", ["payments"], {
    PORT: `${paymentsPort}`,
    DATABASE_URL: databaseUrl,
    SUBGRAPH_SIGNING_KEY: deriveSubgraphKey(signingKey, "payments").toString("base64url"),
  });
  await until(`http://127.0.0.1:${paymentsPort}/health`, payments);
  const gateway = launch("dist/gateway/main.js", [], {
    PORT: `${gatewayPort}`,
    SUPERGRAPH: fromRoot("schema/supergraph.graphql"),
    SUBGRAPH_URLS: `payments=http://127.0.0.1:${paymentsPort}/graphql`,
    SIGNING_KEY: signingKey,
    JWKS_URL: jwksFile,
    JWT_ISSUER: devIssuer,
    JWT_AUDIENCE: devAudience,
  });
  await until(`http://127.0.0.1:${gatewayPort}/health`, gateway);
  const dispatcher = new Agent({ connections: 128 });
  const url = `http://127.0.0.1:${gatewayPort}/graphql`;
  return {
    async ask(query, variables, token) {
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      const body = JSON.stringify({ query, variables });
      const response = await request(url, { method: "POST", headers, body, dispatcher });
      return response.body.json();
    },
    async stop() {
      await dispatcher.close();
      for (const child of [gateway, payments]) {
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await gone;
      }
    },
  };
}

const person = (id: string): Principal => ({ kind: "person", id, scopes: [], policies: [] });
const hour = 3_600;

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

const payBill = `mutation ($input: PayBillInput!) { payBill(input: $input) { __typename
  ... on PaymentMade { payment { id receipt { number } } } } }`;

let rounds = 0;

/** Each payer pays bill after bill, each with a key of its own. @returns a row of the table. */
async function payFor(
  city: City,
  client: pg.Client,
  issuer: DevIssuer,
  given: { readonly payers: number; readonly biller: string | undefined },
): Promise<string> {
  const round = `load${(rounds += 1)}`;
  const { payers } = given;
  // More than can be paid in the time by one payer.
  const bills = Math.ceil((seconds * 600) / payers) + 20;
  await addPayers(client, round, { ...given, bills });
  const tokens = await Promise.all(
    Array.from({ length: payers }, (_, payer) =>
      issuer.sign(person(`person-${round}-${payer}`), hour),
    ),
  );
  const times: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + seconds * 1_000;
  await Promise.all(
    tokens.map(async (token, payer) => {
      for (let bill = 0; bill < bills && performance.now() < endMs; bill += 1) {
        const billId = `bill_${round}_${payer}_${bill}`;
        const input = { billId, expectedAmount: billAmount, idempotencyKey: billId };
        const fromMs = performance.now();
        const answer = await city.ask(payBill, { input }, token);
        times.push(performance.now() - fromMs);
        if (answer.data?.payBill?.__typename !== "PaymentMade") {
          throw new Error(`A bill was not paid: ${JSON.stringify(answer)}`);
        }
      }
    }),
  );
  const perSecond = (times.length * 1_000) / (performance.now() - startMs);
  const sorted = times.toSorted((a, b) => a - b);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const to = given.biller ? "one biller" : "four billers";
  const figures = [perSecond.toFixed(0), ms(quantile(sorted, 0.5)), ms(quantile(sorted, 0.99))];
  return `| ${payers} | ${to} | ${figures.join(" | ")} | ${load} |`;
}

const myPayments = `{ me { payments(first: 20) { nodes { id amount { amount } receipt { number } } } } }`;

async function readings(city: City, client: pg.Client, issuer: DevIssuer): Promise<void> {
  const list = await issuer.sign(person(pastPayer), hour);
  const times: number[] = [];
  let rows = 0;
  for (let turn = 0; turn < 200; turn += 1) {
    const fromMs = performance.now();
    rows = (await city.ask(myPayments, {}, list)).data.me.payments.nodes.length;
    times.push(performance.now() - fromMs);
  }
  const sorted = times.toSorted((a, b) => a - b);
  say(
    `a payer's list of ${rows}: p50 ${ms(quantile(sorted, 0.5))} ms, p99 ${ms(quantile(sorted, 0.99))} ms through the gateway`,
  );
  const balance = "select ledger_balance('biller:dewa:AED')";
  for (const [name, statement] of [
    [
      "a payer's list",
      `select id from payment where person_id = '${pastPayer}' order by created_at desc, id desc limit 21`,
    ],
    ["a biller's balance", balance],
    [
      "inside of it, the checkpoint",
      "select balance, through_seq from ledger_checkpoint where account_id = 'biller:dewa:AED' order by through_seq desc limit 1",
    ],
    [
      "inside of it, the entries after it",
      `select sum(amount) from ledger_entry where account_id = 'biller:dewa:AED' and seq >
        (select max(through_seq) from ledger_checkpoint where account_id = 'biller:dewa:AED')`,
    ],
  ]) {
    const { rows: plan } = await client.query(`explain (analyze, buffers, costs off) ${statement}`);
    say(
      `\n${name}:\n${plan.map((row: Record<string, string>) => `  ${row["QUERY PLAN"]}`).join("\n")}`,
    );
  }
}

async function measure(databaseUrl: string, client: pg.Client, issuer: DevIssuer): Promise<void> {
  const city = await startCity(databaseUrl, issuer.jwksFile);
  try {
    await client.query("set search_path to payments, public");
    // The first requests compile and fill caches.
    await payFor(city, client, issuer, { payers: 8, biller: undefined });
    say(
      "| payers | paid to | bills a second | p50 ms | p99 ms | load |\n| --- | --- | --- | --- | --- | --- |",
    );
    for (const payers of concurrencies) {
      say(await payFor(city, client, issuer, { payers, biller: undefined }));
    }
    say(await payFor(city, client, issuer, { payers: 64, biller: "dewa" }));
    await readings(city, client, issuer);
  } finally {
    await city.stop();
  }
}

async function main(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "city-graph-load-home-"));
  const postgres = await startPostgres();
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const issuer = await openDevIssuer(home);
    say(
      `${seconds} s each; one process of the gateway, one of payments, PostgreSQL with fsync\n\nAn empty ledger:`,
    );
    await measure(postgres.url, client, issuer);
    say(`\nFilling the ledger to ${entries} entries`);
    await addPast(client, Math.round(entries / 2), () => {});
    const { rows } = await client.query("select count(*) as n from ledger_entry");
    say(`\n${rows[0].n} entries in the ledger:`);
    await measure(postgres.url, client, issuer);
  } finally {
    await client.end();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}

await main();
