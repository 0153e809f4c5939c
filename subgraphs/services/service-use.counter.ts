/**
 * Counts how often services are looked at, without a write for each look: what was counted waits in memory
 * and is added to the database every few seconds by one statement. Several processes add up there. A write
 * that fails is tried again with the next; a process that is killed loses what it counted since the last.
 */
import type { Clock } from "../../platform/clock.ts";
import type { Log } from "../../platform/log.ts";
import { cityDateOf } from "../kit/city-date.ts";
import type { Uses } from "./service-use.store.ts";

/** What a use of each kind weighs: most looks are answered from caches and never counted, the others all are. */
export const useWeights = { view: 1, request: 5, payment: 5 } as const;

export type UseCounter = {
  /** Returns at once. */
  readonly countView: (serviceId: string) => void;
  /** Writes what waits, now. @throws what the write throws; what waits goes on waiting. */
  readonly flush: () => Promise<void>;
  /** Writes what waits, and counts no more. */
  readonly stop: () => Promise<void>;
};

export type UseCounterDeps = {
  readonly write: (uses: readonly Uses[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
};

const flushEveryMs = 5_000;

/** @param everyMs how long a look waits at most until it is written. */
export function createUseCounter(
  { write, clock, log }: UseCounterDeps,
  everyMs = flushEveryMs,
): UseCounter {
  let waiting = new Map<string, Uses>();

  function add({ serviceId, day, uses }: Uses): void {
    const key = `${day} ${serviceId}`;
    waiting.set(key, { serviceId, day, uses: uses + (waiting.get(key)?.uses ?? 0) });
  }

  async function flush(): Promise<void> {
    if (waiting.size === 0) return;
    const batch = [...waiting.values()];
    waiting = new Map();
    try {
      await write(batch);
    } catch (error) {
      batch.forEach(add);
      throw error;
    }
  }

  const tryToFlush = () =>
    flush().catch((error: unknown) => log.warn({ err: error }, "uses could not be written"));
  let flushing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    flushing = flushing.then(tryToFlush);
  }, everyMs);
  timer.unref();

  return {
    countView(serviceId) {
      add({ serviceId, day: cityDateOf(new Date(clock())), uses: useWeights.view });
    },
    flush,
    async stop() {
      clearInterval(timer);
      await flushing;
      await tryToFlush();
    },
  };
}
