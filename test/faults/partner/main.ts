/**
 * `npm run faults:partner`: what operations that do not touch a partner feel of its trouble. Two
 * gateways of the same graph are under the same load at the same time, one with a partner that is well,
 * one with a partner in trouble, and they change places each round: so whatever else the machine does
 * falls on both alike. Told is the median of the rounds' changes, and where it lies with 95 % confidence.
 * Gateways and subgraphs are processes of their own.
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { fromRoot } from "../../../platform/root.ts";
import { formatTable } from "../../../tools/table.ts";
import { median, medianInterval } from "./median.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { bothQuery, ownQuery, permitAnswer, serviceAnswer, writeCity } from "./city.ts";
import { load, percentile, type Sample } from "./load.ts";
import { type Trouble, troubles } from "./troubles.ts";

const usage = `Usage: npm run faults:partner -- [--seconds 4] [--rounds 20] [--own 200] [--both 40] [--troubles slow,down]
  --seconds   of trouble in a round;  --rounds  for each trouble: the gateways change places
  --own       operations a second that touch the city's own alone;  --both  that touch the partner too
  --latency   milliseconds that the subgraphs take when they are well (5)
  --troubles  some of ${Object.keys(troubles).join(", ")}; default: all`;

const number = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    seconds: number,
    rounds: number,
    own: number,
    both: number,
    latency: number,
    troubles: { type: "string", default: Object.keys(troubles).join(",") },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(usage);
  process.exit();
}
const { seconds = "4", rounds = "20", own = "200", both = "40", latency = "5" } = values;

await using stack = new AsyncDisposableStack();
async function startSubgraph(body: string) {
  const child = fork(fromRoot("test/faults/partner/subgraph-process.ts"), [body, latency]);
  stack.defer(() => void child.kill());
  const [url] = (await once(child, "message")) as [string];
  return { url, pid: child.pid ?? 0, be: (trouble: Trouble) => void child.send(trouble) };
}

async function startGateway(env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(
    process.execPath,
    ["--max-semi-space-size=32", fromRoot("dist/gateway/main.js")],
    {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  stack.defer(async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/127\.0\.0\.1:\d+\/graphql/.exec(line)?.[0];
    if (!url) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error("The gateway ended before it listened.");
}

const services = await startSubgraph(serviceAnswer);

/** A gateway with a partner of its own. */
async function startSide() {
  const parking = await startSubgraph(permitAnswer);
  // A partner has a machine of its own: what it does there takes no time from the gateway.
  setPriority(parking.pid, constants.priority.PRIORITY_LOW);
  const home = stack.use(await tempFolder());
  const urls = { services: services.url, parking: parking.url };
  const url = await startGateway(await writeCity(home.path, urls));
  return { url, be: parking.be };
}
type Side = Awaited<ReturnType<typeof startSide>>;

/** More than a breaker of the measured graph stays open. */
const settleSeconds = 3;

type Samples = {
  readonly own: Sample[];
  readonly both: Sample[];
  /** Of `own`, one a window. */
  readonly p99s: number[];
};
const noSamples = (): Samples => ({ own: [], both: [], p99s: [] });

type Watched = { readonly side: Side; readonly trouble: Trouble; readonly into: Samples };

/** All sides at once. */
async function measure(watched: readonly Watched[], length = Number(seconds)): Promise<void> {
  for (const { side, trouble } of watched) side.be(trouble);
  const loads = watched.flatMap(({ side: { url } }) => [
    { url, body: ownQuery, perSecond: Number(own) },
    { url, body: bothQuery, perSecond: Number(both) },
  ]);
  const samples = await load(loads, length);
  for (const [index, { into }] of watched.entries()) {
    const [ownSamples = [], bothSamples = []] = samples.slice(2 * index);
    into.p99s.push(percentile(ownSamples, 0.99));
    into.own.push(...ownSamples);
    into.both.push(...bothSamples);
  }
}

type Answered = { data?: { service?: unknown; permit?: unknown } | null };
const isPartial = ({ body }: Sample): boolean => {
  const { data } = JSON.parse(body) as Answered;
  return data?.service != null && data.permit == null;
};
const isWhole = ({ body }: Sample): boolean => !body.includes('"errors"');
const share = (samples: readonly Sample[], is: (sample: Sample) => boolean): string =>
  `${((samples.filter(is).length / samples.length) * 100).toFixed(1)} %`;
const ms = (value: number): string => `${value.toFixed(2)} ms`;
const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;

const [left, right] = [await startSide(), await startSide()];
const allWell = (): Watched[] =>
  [left, right].map((side) => ({ side, trouble: "none", into: noSamples() }));
// Compiled code and open connections.
await measure(allWell());
const rows: string[][] = [];
for (const trouble of values.troubles.split(",") as Trouble[]) {
  const [without, within] = [noSamples(), noSamples()];
  // A gateway that has run for days has compiled this, too.
  await measure([left, right].map((side) => ({ side, trouble, into: noSamples() })));
  for (let round = 0; round < Number(rounds); round += 1) {
    const [well, ill] = round % 2 === 0 ? [left, right] : [right, left];
    // Whoever was in trouble before is asked again by now.
    await measure(allWell(), settleSeconds);
    await measure([
      { side: well, trouble: "none", into: without },
      { side: ill, trouble, into: within },
    ]);
  }
  const changes = within.p99s.map((p99, round) => p99 / (without.p99s[round] ?? Number.NaN) - 1);
  rows.push([
    troubles[trouble],
    ms(median(without.p99s)),
    ms(median(within.p99s)),
    percent(median(changes)),
    medianInterval(changes).map(percent).join(" to "),
    share(within.own, isWhole),
    share(within.both, isPartial),
    ms(percentile(within.both, 0.5)),
    ms(percentile(within.both, 0.99)),
  ]);
  console.error(rows.at(-1)?.join(" | "));
}
console.log(
  formatTable(
    [
      "the partner",
      "p99 without",
      "p99 with",
      "change",
      "95 %",
      "answered whole",
      "theirs: partial",
      "p50",
      "p99",
    ],
    rows,
  ),
);
