/**
 * Readers and writers of three gateways (threads with connections and memory of their own) race on a
 * few keys over a real Redis. Loads are slow, so that many are under way when an invalidation comes.
 */
import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { runWorkers } from "../../faults/cache-model.ts";

test("no read returns what was invalidated before it began, in thousands of races", async () => {
  const { counters, violations } = await runWorkers(
    {
      redisUrl: inject("redisUrl"),
      namespace: randomUUID(),
      durationMs: 8_000,
      readers: 12,
      writers: 12,
      chaos: false,
    },
    3,
    1,
  );
  expect(violations).toEqual([]);
  expect(counters.unrecorded).toBeLessThan(counters.invalidations / 2);
  expect(counters.invalidations).toBeGreaterThan(1_000);
  expect(counters.hits).toBeGreaterThan(1_000);
}, 60_000);
