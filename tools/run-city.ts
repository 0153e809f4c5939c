/** Starts the processes of a plan, tells what takes long, and stops all of them in order. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Child, startChild } from "./child.ts";
import type { CityHome } from "./city-home.ts";
import type { CityPlan, ProcessPlan } from "./city-plan.ts";
import { ToolError } from "./tool.ts";

export type RunCityOptions = {
  readonly plan: CityPlan;
  readonly home: CityHome;
  readonly say: (line: string) => void;
  /** How long all of them together may take to be ready. */
  readonly readyTimeoutMs?: number;
};

export type RunningCity = {
  /** Resolves when every process answers. @throws ToolError when one ends before, or takes too long. */
  readonly ready: Promise<void>;
  /** Nothing is left when it resolves, 4 seconds later at the latest. */
  readonly stop: () => Promise<void>;
};

const progressMs = 2_000;
/** The gateway may finish what is under way while the subgraphs are still there. */
const gatewayFirstMs = 2_000;
const killAfterMs = 4_000;

/** `4 s: waiting for health, payments (making and seeding its database), gateway (starting)` */
export function progressLine(seconds: number, waiting: readonly ProcessPlan[]): string {
  const tasks = [...Map.groupBy(waiting, ({ task }) => task)].map(
    ([task, processes]) => `${processes.map(({ name }) => name).join(", ")} (${task})`,
  );
  return `  ${seconds} s: waiting for ${tasks.join(", ")}`;
}

export function runCity(options: RunCityOptions): RunningCity {
  const { plan, home, say, readyTimeoutMs = 120_000 } = options;
  const start = (one: ProcessPlan): Child =>
    startChild({ ...one, logFile: home.logOf(one.name), say });
  const behind = [...plan.sandbox, ...plan.subgraphs];
  const others = behind.map(start);
  const gateway = start(plan.gateway);
  const children = [...others, gateway];
  const processes = [...behind, plan.gateway];

  async function untilReady(): Promise<void> {
    const waiting = new Set(processes);
    const startedMs = Date.now();
    const seconds = () => Math.round((Date.now() - startedMs) / 1_000);
    const progress = setInterval(() => say(progressLine(seconds(), [...waiting])), progressMs);
    const late = new AbortController();
    const tooLate = sleep(readyTimeoutMs, undefined, { signal: late.signal }).then(() => {
      const names = [...waiting].map(({ name }) => name).join(", ");
      const where = [...waiting].map(({ name }) => `  ${home.logOf(name)}`).join("\n");
      throw new ToolError(`${names} did not answer within ${seconds()} s. See:\n${where}`);
    });
    try {
      const all = processes.map(async (one, index) => {
        await children[index]?.ready;
        waiting.delete(one);
      });
      await Promise.race([Promise.all(all), tooLate]);
    } finally {
      clearInterval(progress);
      late.abort();
      tooLate.catch(() => {});
    }
  }

  async function stopAll(): Promise<void> {
    const kill = setTimeout(() => {
      for (const child of children) child.kill();
    }, killAfterMs);
    const gatewayGone = gateway.stop();
    await Promise.race([gatewayGone, sleep(gatewayFirstMs)]);
    await Promise.all([gatewayGone, ...others.map((child) => child.stop())]);
    clearTimeout(kill);
  }

  let stopped: Promise<void> | undefined;
  return { ready: untilReady(), stop: () => (stopped ??= stopAll()) };
}
