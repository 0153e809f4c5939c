/** One gateway of the fault program, in a thread: readers and writers until its time is over. */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { CacheAnswer, CacheItem, Loaded } from "../../gateway/cache/cache-types.ts";
import { openCache } from "../../gateway/cache/open-cache.ts";
import { silentLog } from "../../platform/log.ts";
import {
  type Counters,
  createRandom,
  groupSize,
  keysCount,
  truthIn,
  type WorkerData,
  type WorkerReport,
} from "./cache-model.ts";

const data = workerData as WorkerData;
const { chaos } = data;
const random = createRandom(data.seed);
const pick = (below: number) => Math.floor(random() * below);
const truth = truthIn(data.shared);
const counters: Counters = {
  reads: 0,
  hits: 0,
  stale: 0,
  bypasses: 0,
  loads: 0,
  failedLoads: 0,
  invalidations: 0,
  unrecorded: 0,
  slowestReadMs: 0,
};
const violations: string[] = [];
const violated = (text: string) => {
  if (violations.length < 20) violations.push(text);
};

const cache = openCache(
  { log: silentLog },
  {
    redis: { url: data.redisUrl },
    namespace: data.namespace,
    // The machine may be busy with other tests; the promise does not depend on it.
    redisTimeoutMs: 200,
    memoryBytes: 100_000,
    leaseMs: 1_000,
    leaseWaitMs: 300,
    restMs: 50,
  },
);

const longestMs = { maxAge: 2_000, window: 1_000 };
class InjectedFault extends Error {}

// Half of the keys are private: what they name contains whose it is.
const principalOf = (key: number) => (key % 2 ? `person-${key % 7}` : "everybody");
const itemOf = (key: number): CacheItem & { readonly number: number } => ({
  key: `k${key}:${principalOf(key)}`,
  scope: key % 2 ? "private" : "public",
  labels: { subgraph: "faults", type: `t${key % 3}` },
  number: key,
});

async function load(items: readonly { readonly number: number }[]): Promise<readonly Loaded[]> {
  counters.loads += items.length;
  const versions = items.map(({ number }) => truth.version(number));
  // What was read from the origin travels for a while, sometimes for very long.
  if (random() < 0.9) await sleep(pick(6));
  else if (random() < 0.5) await sleep(pick(chaos ? 300 : 60));
  if (chaos && random() < 0.02) {
    counters.failedLoads += 1;
    throw new InjectedFault("the origin is down");
  }
  const madeAtMs = Date.now();
  return items.map(({ number }, index): Loaded => {
    const value = `${number}|${principalOf(number)}|${versions[index]}|${madeAtMs}`;
    const maxAgeMs = chaos ? 20 + pick(longestMs.maxAge) : 60_000;
    const isOwn = chaos && random() < 0.02;
    return {
      kind: "value",
      value: Buffer.from(value),
      freshness: isOwn
        ? undefined
        : {
            scope: number % 2 ? "private" : "public",
            ageMs: 0,
            maxAgeMs: chaos ? Math.min(maxAgeMs, longestMs.maxAge) : maxAgeMs,
            staleWhileRevalidateMs: chaos ? pick(longestMs.window) : 0,
            staleIfErrorMs: chaos ? pick(longestMs.window) : 0,
          },
      tags: [`key-${number}`, `group-${Math.floor(number / groupSize)}`],
    };
  });
}

function check(key: number, answer: CacheAnswer | undefined, atStart: number, startMs: number) {
  if (!answer) return violated(`key ${key}: no answer`);
  if (answer.kind === "failure") {
    if (!(answer.error instanceof InjectedFault)) {
      violated(`key ${key}: an error that the origin did not make: ${String(answer.error)}`);
    }
    return;
  }
  if (answer.status === "hit") counters.hits += 1;
  if (answer.status === "stale") counters.stale += 1;
  if (answer.status === "bypass") counters.bypasses += 1;
  const [number, principal, version, madeAtMs] = answer.value.toString().split("|");
  if (Number(number) !== key || principal !== principalOf(key)) {
    violated(`key ${key}: got the value of ${number} for ${principal}`);
  }
  if (Number(version) < atStart) {
    violated(
      `key ${key}: version ${version} (${answer.status} from ${answer.source}), but ${atStart} was done before the read began`,
    );
  }
  // A second for the clocks' and the event loop's sake.
  const longest = chaos ? longestMs.maxAge + longestMs.window + 1_000 : Infinity;
  if (startMs - Number(madeAtMs) > longest) {
    violated(`key ${key}: ${startMs - Number(madeAtMs)} ms old (${answer.status})`);
  }
}

async function read(endMs: number): Promise<void> {
  while (Date.now() < endMs) {
    const keys = Array.from({ length: 1 + pick(8) }, () => {
      // A few are asked for most: there the races are.
      return random() < 0.7 ? pick(12) : pick(keysCount);
    });
    const done = keys.map(truth.done);
    const startMs = Date.now();
    const answers = await cache.entries.readMany(keys.map(itemOf), load);
    counters.reads += keys.length;
    counters.slowestReadMs = Math.max(counters.slowestReadMs, Date.now() - startMs);
    for (const [index, key] of keys.entries())
      check(key, answers[index], done[index] ?? 0, startMs);
    await sleep(pick(4));
  }
}

async function write(endMs: number): Promise<void> {
  while (Date.now() < endMs) {
    const key = random() < 0.8 ? pick(12) : pick(keysCount);
    const group = Math.floor(key / groupSize);
    const wholeGroup = random() < 0.2;
    const keys = wholeGroup
      ? Array.from({ length: groupSize }, (_, index) => group * groupSize + index)
      : [key];
    const versions = keys.map(truth.write);
    const tag = wholeGroup ? `group-${group}` : `key-${key}`;
    const { kind } = await cache.invalidate([tag]);
    counters.invalidations += 1;
    if (kind === "everywhere") keys.forEach((one, at) => truth.setDone(one, versions[at] ?? 0));
    else counters.unrecorded += 1;
    await sleep(pick(chaos ? 40 : 2));
  }
}

const endMs = Date.now() + data.durationMs;
await Promise.all([
  ...Array.from({ length: data.readers }, () => read(endMs)),
  ...Array.from({ length: data.writers }, () => write(endMs)),
]);
await cache.close();
const report: WorkerReport = { counters, violations };
// A thread's port has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(report);
