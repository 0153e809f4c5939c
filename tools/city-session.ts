/**
 * A session of the local city: planned, its ports looked at, its databases prepared, started, described,
 * and stopped in order when it is told to. `npm start` and `npm run dev` are such sessions.
 */
import { existsSync } from "node:fs";
import { fromRoot } from "../platform/root.ts";
import type { CityHome } from "./city-home.ts";
import { type CityPlan, planCity } from "./city-plan.ts";
import { describeCity } from "./describe-city.ts";
import { prepareDataFolders } from "./embedded-data.ts";
import { openDevIssuer } from "./issuer.ts";
import { findPortProblems } from "./ports.ts";
import { runCity } from "./run-city.ts";
import { ToolError } from "./tool.ts";

export const say = (line: string): void => console.log(line);
/** Aborted when the city is to stop: Ctrl-C, SIGTERM, the terminal closed, the launcher gone. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  // A terminal that was closed takes no more lines; the city must still be stopped in order.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
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

export type SessionOptions = {
  readonly home: CityHome;
  /** Forget the data of the embedded databases first. */
  readonly reset: boolean;
  readonly stop: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  /** Path of the list of subgraphs; default: this repository's. */
  readonly rover?: string;
  /** Which subgraphs of the list are started here; default: those that are in this repository. */
  readonly isOurs?: (name: string) => boolean;
};

/** @returns when it was told to stop and nothing runs any more. */
export async function runSession(options: SessionOptions): Promise<void> {
  const { home, reset, stop, env = process.env, rover = fromRoot("rover.yaml"), isOurs } = options;
  say("Starting the city …");
  const { jwksFile } = await openDevIssuer(home.path);
  const plan = await planCity({
    rover,
    env,
    ...(isOurs ? { isOurs } : {}),
    home,
    reset,
    signingKey: home.signingKey(),
    jwksFile,
  });
  const ports = [...plan.subgraphs, plan.gateway, ...plan.sandbox].map(({ port }) => port);
  const problems = await findPortProblems(plan.host, ports);
  if (problems.length > 0) throw new ToolError(problems.join("\n"));
  if (reset) home.removeData();
  if (!env["DATABASE_URL"]) {
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
