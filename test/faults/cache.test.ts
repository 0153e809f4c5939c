/**
 * `npm run faults:cache -- --seconds N --seed S` runs this for as long as you like and prints its report;
 * among the tests it runs in a short form. Three gateways (threads) read, write and invalidate while
 * their origin fails now and then, and Redis is killed, paused, emptied, filled, failed over.
 */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { underFire } from "./cache-fire.ts";
import { runWorkers } from "./cache-model.ts";

const byHand = process.env["FAULT_SECONDS"];
const seconds = Number(byHand ?? 6);
const seed = Number(process.env["FAULT_SEED"] ?? 20_200_501);
const gateways = 3;

test.each(["single", "sentinel", "cluster"] as const)(
  "no read returns what it must not, whatever happens to Redis (%s)",
  { timeout: (seconds + 60) * 1_000 },
  async (kind) => {
    const { report, attacked } = await underFire(kind, seed, 200, ({ url }) =>
      runWorkers(
        {
          redisUrl: url,
          namespace: randomUUID(),
          durationMs: seconds * 1_000,
          readers: 8,
          writers: 4,
          chaos: true,
        },
        gateways,
        seed,
      ),
    );
    const { counters, violations } = report;
    if (byHand !== undefined)
      console.log(
        [
          `${kind}: ${seconds} s, seed ${seed}, ${gateways} gateways`,
          ...[...Object.entries(attacked), ...Object.entries(counters)].map(
            ([name, count]) => `  ${name}: ${count}`,
          ),
          `  wrong, mixed up, too old, or failed because of Redis: ${violations.length}`,
          ...violations.map((text) => `    ${text}`),
        ].join("\n"),
      );
    expect(violations).toEqual([]);
    expect(Object.keys(attacked).length).toBeGreaterThan(0);
    expect(counters.hits).toBeGreaterThan(100);
    expect(counters.stale).toBeGreaterThan(0);
    expect(counters.invalidations).toBeGreaterThan(20);
  },
);
