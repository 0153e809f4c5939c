/** Runs jobs again and again until it is stopped; one that breaks is logged and runs at its next turn. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../platform/log.ts";

export type Job = {
  readonly name: string;
  readonly everyMs: number;
  /** @returns true when there is more to do at once. */
  readonly run: () => Promise<boolean>;
};

/** @returns stop: resolves when the jobs that are under way have ended. */
export function startJobs(jobs: readonly Job[], log: Log): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  async function repeat({ name, everyMs, run }: Job): Promise<void> {
    while (!signal.aborted) {
      const hasMore = await run().catch((error: unknown) => {
        log.error({ err: error, job: name }, "a job failed");
        return false;
      });
      if (!hasMore) await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  }
  const running = jobs.map(repeat);
  return async () => {
    stopping.abort();
    await Promise.all(running);
  };
}
