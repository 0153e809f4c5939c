/** `npm run audit`: the public federation audit against our gateway, every suite on its own supergraph. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { fromRoot } from "../platform/root.ts";
import { clone, loaderIn, prepare } from "./audit/checkout.ts";
import { freePort, readSuiteIds, runSuite, type SuiteResult } from "./audit/suite.ts";
import { startChild } from "./child.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run audit [-- --from PATH] [--suites a,b]

Runs the public audit of federation gateways (github.com/graphql-hive/federation-gateway-audit) against
this gateway, and ends with 1 when a case fails.
  --from PATH    a checkout of the audit; without it, it is cloned into .city/audit
  --suites a,b   only these suites`;

const suitesAtOnce = 2;

async function serveAudit(suites: string, folder: string) {
  const port = await freePort();
  const server = startChild({
    name: "the audit",
    script: join(suites, "src", "cli.ts"),
    args: ["serve", "--port", `${port}`],
    env: { ...process.env, NODE_OPTIONS: `--import=${pathToFileURL(loaderIn(suites)).href}` },
    logFile: join(folder, "audit.log"),
    readyUrl: `http://127.0.0.1:${port}/ids`,
    advice: `Try it by hand in ${suites}.`,
    say: (line) => console.error(line),
  });
  await server.ready;
  return { origin: `http://127.0.0.1:${port}`, stop: server.stop };
}

function print({ id, cases, failures }: SuiteResult): void {
  console.log(
    `${failures.length === 0 ? "ok  " : "FAIL"} ${id} ${cases - failures.length}/${cases}`,
  );
  for (const { index, query, difference } of failures)
    console.log(`\n${id} [${index}]\n${query.trim()}\n${difference}\n`);
}

function choose(all: readonly string[], named: string | undefined): readonly string[] {
  if (named === undefined) return all;
  const names = named.split(",");
  const unknown = names.find((name) => !all.includes(name));
  if (unknown === undefined) return names;
  throw new ToolError(`The audit has no suite "${unknown}". It has: ${all.join(", ")}`);
}

const options = { from: { type: "string" }, suites: { type: "string" } } as const;

await runTool({ usage, options }, async ({ values }) => {
  const checkout = values.from ? resolve(values.from) : fromRoot(".city/audit");
  if (!values.from) {
    await mkdir(fromRoot(".city"), { recursive: true });
    await clone(checkout);
  }
  const suites = fromRoot(".city/audit-suites");
  await mkdir(suites, { recursive: true });
  await prepare(checkout, suites);
  const folder = await mkdtemp(join(tmpdir(), "city-graph-audit-"));
  const audit = await serveAudit(suites, folder);
  try {
    const waiting = [...choose(await readSuiteIds(audit.origin), values.suites)];
    const results: SuiteResult[] = [];
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        const result = await runSuite(audit.origin, id, folder);
        print(result);
        results.push(result);
      }
    };
    await Promise.all(Array.from({ length: suitesAtOnce }, worker));
    const cases = results.reduce((sum, result) => sum + result.cases, 0);
    const failed = results.reduce((sum, { failures }) => sum + failures.length, 0);
    console.log(`${cases - failed} of ${cases} cases pass, in ${results.length} suites.`);
    return failed > 0 ? 1 : 0;
  } finally {
    await audit.stop();
    await rm(folder, { recursive: true });
  }
});
