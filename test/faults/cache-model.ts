/**
 * The truth that all workers of the cache's fault program share, in shared memory, and the rules that
 * every read is held to. Each key has a version; a write raises it and then invalidates. When the
 * invalidation is reported as done, no read that begins later may return an older version.
 */
import { Worker } from "node:worker_threads";

export const keysCount = 200;
/** Keys of one group also share a tag, so that one invalidation ends many. */
export const groupSize = 10;

export type Counters = {
  reads: number;
  hits: number;
  stale: number;
  bypasses: number;
  loads: number;
  failedLoads: number;
  invalidations: number;
  unrecorded: number;
  slowestReadMs: number;
};

export type WorkerReport = {
  readonly counters: Counters;
  /** Sentences; empty is what it is about. */
  readonly violations: readonly string[];
};

export type WorkerData = {
  readonly redisUrl: string;
  readonly namespace: string;
  readonly seed: number;
  readonly durationMs: number;
  readonly readers: number;
  readonly writers: number;
  /** Failing origin, long lives and short ones; false: nothing but races of reads and invalidations. */
  readonly chaos: boolean;
  readonly shared: SharedArrayBuffer;
};

export type Truth = {
  /** What the origin has now. */
  readonly version: (key: number) => number;
  /** @returns the new version. */
  readonly write: (key: number) => number;
  /** The version whose invalidation is known to be done everywhere. */
  readonly done: (key: number) => number;
  readonly setDone: (key: number, version: number) => void;
};

export const createShared = () => new SharedArrayBuffer(2 * keysCount * 4);

export function truthIn(shared: SharedArrayBuffer): Truth {
  const cells = new Int32Array(shared);
  return {
    version: (key) => Atomics.load(cells, key),
    write: (key) => Atomics.add(cells, key, 1) + 1,
    done: (key) => Atomics.load(cells, keysCount + key),
    setDone(key, version) {
      for (;;) {
        const held = Atomics.load(cells, keysCount + key);
        if (held >= version) return;
        if (Atomics.compareExchange(cells, keysCount + key, held, version) === held) return;
      }
    },
  };
}

/** mulberry32: the same seed gives the same choices, as far as the machine's timing allows. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Several workers, each a gateway of its own: its own memory level and its own connections. */
export async function runWorkers(
  data: Omit<WorkerData, "seed" | "shared">,
  count: number,
  seed: number,
): Promise<WorkerReport> {
  const shared = createShared();
  const reports = await Promise.all(
    Array.from(
      { length: count },
      (_, index) =>
        new Promise<WorkerReport>((resolve, reject) => {
          const workerData: WorkerData = { ...data, shared, seed: seed * 1_000 + index };
          const worker = new Worker(new URL("cache-worker.ts", import.meta.url), { workerData });
          worker.once("message", resolve);
          worker.once("error", reject);
        }),
    ),
  );
  const counters = reports
    .map((report) => report.counters)
    .reduce((sum, one) => {
      const added = Object.entries(one).map(([name, value]) => {
        const held = sum[name as keyof Counters];
        return [name, name === "slowestReadMs" ? Math.max(held, value) : held + value];
      });
      return Object.fromEntries(added) as Counters;
    });
  return { counters, violations: reports.flatMap(({ violations }) => violations) };
}
