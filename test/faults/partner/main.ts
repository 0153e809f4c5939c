/**
 * `npm run faults:partner`: what operations that do not touch a partner feel of its trouble. Gateway,
 * the city's subgraph and the partner's are processes of their own. For each trouble, windows with it
 * and without it take turns, so that what else the machine does falls on both; what is compared is the
 * median of the windows' p99.
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { fromRoot } from "../../../platform/root.ts";
import { formatTable } from "../../../tools/table.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { bothQuery, ownQuery, permitAnswer, serviceAnswer, writeCity } from "./city.ts";
import { load, median, percentile, type Sample } from "./load.ts";
import { type Trouble, troubles } from "./troubles.ts";

const usage = `Usage: npm run faults:partner -- [--seconds 5] [--rounds 7] [--own 200] [--both 40]
  --seconds   length of a window;  --rounds  windows with and windows without each trouble
  --own       operations a second that touch the city's own alone;  --both  that touch the partner too`;

const number = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    seconds: number,
    rounds: number,
    own: number,
    both: number,
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(usage);
  process.exit();
}
const { seconds = "5", rounds = "7", own = "200", both = "40" } = values;

await using stack = new AsyncDisposableStack();
const home = stack.use(await tempFolder());

async function startSubgraph(body: string) {
  const child = fork(fromRoot("test/faults/partner/subgraph-process.ts"), [body]);
  stack.defer(() => void child.kill());
  const [url] = (await once(child, "message")) as [string];
  return { url, pid: child.pid ?? 0, be: (trouble: Trouble) => void child.send(trouble) };
}

async function startGateway(env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [fromRoot("dist/gateway/main.js")], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
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
const parking = await startSubgraph(permitAnswer);
// A partner has a machine of its own: what it does there takes no time from the gateway.
setPriority(parking.pid, constants.priority.PRIORITY_LOW);
const url = await startGateway(
  await writeCity(home.path, { services: services.url, parking: parking.url }),
);

type Window = { readonly own: readonly Sample[]; readonly both: readonly Sample[] };

async function measure(trouble: Trouble, length = Number(seconds)): Promise<Window> {
  parking.be(trouble);
  const at = { url, seconds: length };
  const [ownSamples, bothSamples] = await Promise.all([
    load({ ...at, body: ownQuery, perSecond: Number(own) }),
    load({ ...at, body: bothQuery, perSecond: Number(both) }),
  ]);
  return { own: ownSamples, both: bothSamples };
}

type Answered = { data?: { service?: unknown; permit?: unknown } | null };
const isPartial = ({ body }: Sample): boolean => {
  const { data } = JSON.parse(body) as Answered;
  return data?.service != null && data.permit == null;
};
const isWhole = ({ body }: Sample): boolean => !body.includes('"errors"');
const share = (samples: readonly Sample[], is: (sample: Sample) => boolean): string =>
  `${((samples.filter(is).length / samples.length) * 100).toFixed(1)} %`;
const ms = (value: number): string => `${value.toFixed(1)} ms`;

// Compiled code and open connections.
await measure("none", 5);
const rows: string[][] = [];
for (const trouble of Object.keys(troubles) as Trouble[]) {
  const without: Window[] = [];
  const within: Window[] = [];
  for (let round = 0; round < Number(rounds); round += 1) {
    without.push(await measure("none"));
    within.push(await measure(trouble));
  }
  const p99Of = (windows: readonly Window[]) =>
    median(windows.map((window) => percentile(window.own, 0.99)));
  const [before, after] = [p99Of(without), p99Of(within)];
  const ownAll = within.flatMap((window) => window.own);
  const bothAll = within.flatMap((window) => window.both);
  rows.push([
    troubles[trouble],
    ms(before),
    ms(after),
    `${(((after - before) / before) * 100).toFixed(0)} %`,
    share(ownAll, isWhole),
    share(bothAll, isPartial),
    ms(percentile(bothAll, 0.5)),
    ms(percentile(bothAll, 0.99)),
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
      "answered whole",
      "theirs: partial",
      "p50",
      "p99",
    ],
    rows,
  ),
);
