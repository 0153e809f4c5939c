/** `npm run conformance -- URL`: what a partner's running endpoint does right and wrong, in plain words. */
import { readFile } from "node:fs/promises";
import { systemClock } from "../platform/clock.ts";
import { formatOutcome, formatSummary } from "../conformance/report.ts";
import { chooseChecks, runConformance } from "../conformance/run.ts";
import { readSampleKeys, SampleKeysError } from "../conformance/sample-keys.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run conformance -- URL --name NAME --key KEY --keys FILE

Asks a running subgraph as the gateway would, and as an attacker would, and tells what it does right and
wrong. Ends with 0 when it conforms, 1 when it does not.
  --name NAME       the subgraph's name in the graph (default: subgraph)
  --key KEY         its signing key, base64url of 32 bytes (or SUBGRAPH_SIGNING_KEY)
  --keys FILE       sample keys of its entities, YAML or JSON:  Permit: { known: [{ id: p-1 }, { id: p-2 }] }
  --only A,B        these checks alone;  --skip A,B  all but these;  signature-* means all that begin so
  --p50-ms N, --p99-ms N   the budget of latency (default 100 and 1000)
  --requests N      how many are measured for it (default 200)
  --max-body-bytes N       a larger body must be refused (default 16777216)
  --timeout-ms N    a request that takes longer has failed (default 10000)
  --json            the report as JSON on standard output`;

const text = { type: "string" } as const;
const options = {
  name: text,
  key: text,
  keys: text,
  only: text,
  skip: text,
  "p50-ms": text,
  "p99-ms": text,
  requests: text,
  "max-body-bytes": text,
  "timeout-ms": text,
  json: { type: "boolean" },
} as const;

function readNumber(flag: string, given: string | undefined, fallback: number): number {
  const value = given === undefined ? fallback : Number(given);
  if (Number.isInteger(value) && value > 0) return value;
  throw new ToolError(`--${flag} must be a whole number above 0, not "${given}".`);
}

function readKey(given: string | undefined): Uint8Array | undefined {
  if (!given) return undefined;
  if (/^[A-Za-z0-9_-]{43}$/.test(given)) return Buffer.from(given, "base64url");
  throw new ToolError("--key must be 32 bytes in base64url: 43 letters, digits, - and _.");
}

const listOf = (given: string | undefined): readonly string[] =>
  (given ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);

async function readSamples(file: string | undefined) {
  if (file === undefined) return {};
  try {
    return readSampleKeys(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof SampleKeysError) throw new ToolError(`${file}: ${error.message}`);
    throw new ToolError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

await runTool({ usage, options, positionals: true }, async ({ values, positionals }) => {
  const [url = "", ...more] = positionals;
  if (!/^https?:/.test(url) || !URL.canParse(url) || more.length > 0) {
    throw new ToolError(`Give one http(s) URL.\n\n${usage}`);
  }
  const { chosen, unknown } = chooseChecks(listOf(values.only), listOf(values.skip));
  if (unknown.length > 0) throw new ToolError(`There is no check ${unknown.join(", ")}.`);
  const isJson = values.json ?? false;
  const report = await runConformance({
    url,
    name: values.name ?? "subgraph",
    key: readKey(values.key ?? process.env["SUBGRAPH_SIGNING_KEY"]),
    samples: await readSamples(values.keys),
    budget: {
      p50Ms: readNumber("p50-ms", values["p50-ms"], 100),
      p99Ms: readNumber("p99-ms", values["p99-ms"], 1_000),
      requests: readNumber("requests", values.requests, 200),
    },
    maxBodyBytes: readNumber("max-body-bytes", values["max-body-bytes"], 16 * 1024 * 1024),
    timeoutMs: readNumber("timeout-ms", values["timeout-ms"], 10_000),
    clock: systemClock,
    checks: chosen,
    ...(isJson ? {} : { onOutcome: (outcome) => console.log(formatOutcome(outcome)) }),
  });
  console.log(isJson ? JSON.stringify(report, null, 2) : `\n${formatSummary(report)}`);
  return report.conforms ? 0 : 1;
});
