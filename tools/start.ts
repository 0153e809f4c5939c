/** `npm start`: the whole city on this machine, each subgraph and the gateway a process of its own. */
import { existsSync } from "node:fs";
import { fromRoot } from "../platform/root.ts";
import { type CityHome, openCityHome } from "./city-home.ts";
import { type CityPlan, planCity } from "./city-plan.ts";
import { describeCity } from "./describe-city.ts";
import { prepareDataFolders } from "./embedded-data.ts";
import { openDevIssuer } from "./issuer.ts";
import { findPortProblems } from "./ports.ts";
import { runCity } from "./run-city.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm start [-- --reset]

Starts the subgraphs of rover.yaml and the gateway, and stops all of them on Ctrl-C.
  --reset         forget the data of the embedded databases first
  DATABASE_URL    use this PostgreSQL, a schema for each subgraph (default: embedded PGlite)
  REDIS_URL       let the gateway use this Redis (default: memory)
  PROVIDER_URL    take cards by this provider (default: a sandbox, with one for a biller beside it)
  GATEWAY_PORT, SERVICES_PORT, …  other ports
  HOST            where to listen (default 127.0.0.1)
  CITY_GRAPH_HOME where data, logs and keys are kept (default .city)`;

const say = (line: string): void => console.log(line);
// A terminal that was closed takes no more lines; the city must still be stopped in order.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

/** Aborted when the city is to stop: Ctrl-C, SIGTERM, the terminal closed, the launcher gone. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => stop.abort());
  }
  process.on("disconnect", () => stop.abort());
  return stop.signal;
}

async function unreachableFrom(plan: CityPlan): Promise<readonly string[]> {
  const response = await fetch(plan.gateway.readyUrl);
  const { unreachable = [] } = (await response.json()) as { unreachable?: readonly string[] };
  return unreachable;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** @returns when it was told to stop and nothing runs any more. */
async function startAndStop(home: CityHome, reset: boolean, stop: AbortSignal): Promise<void> {
  say("Starting the city …");
  const { jwksFile } = await openDevIssuer(home.path);
  const plan = await planCity({
    rover: fromRoot("rover.yaml"),
    env: process.env,
    home,
    reset,
    signingKey: home.signingKey(),
    jwksFile,
  });
  const ports = [...plan.subgraphs, plan.gateway, ...plan.sandbox].map(({ port }) => port);
  const problems = await findPortProblems(plan.host, ports);
  if (problems.length > 0) throw new ToolError(problems.join("\n"));
  if (reset) home.removeData();
  if (!process.env["DATABASE_URL"]) {
    const empty = home.dataOf("empty");
    if (!existsSync(empty)) say("  making the embedded databases, at the first start only");
    const folders = plan.subgraphs.map(({ name }) => home.dataOf(name));
    await prepareDataFolders(empty, folders);
  }
  if (stop.aborted) return;
  const city = runCity({ plan, home, say });
  try {
    const stopped = aborted(stop);
    await Promise.race([city.ready, stopped]);
    if (!stop.aborted) say(describeCity(plan, await unreachableFrom(plan)));
    await stopped;
    say("Stopping …");
  } finally {
    await city.stop();
  }
}

await runTool({ usage, options: { reset: { type: "boolean" } } }, async ({ values }) => {
  const stop = stopSignal();
  const home = openCityHome();
  const unlock = home.lock();
  try {
    await startAndStop(home, values.reset ?? false, stop);
  } finally {
    unlock();
  }
  return 0;
});
process.exit();
