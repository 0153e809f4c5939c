/**
 * `npm run faults:cache -- --seconds N --seed S` runs this for as long as you like and prints its report;
 * among the tests it runs in a short form. Three gateways (threads) read, write and invalidate while
 * their origin fails now and then, and Redis is killed, paused, emptied, filled, failed over.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openTarget, type Target } from "./cache-attacks.ts";
import { createRandom, runWorkers } from "./cache-model.ts";

const byHand = process.env["FAULT_SECONDS"];
const seconds = Number(byHand ?? 6);
const seed = Number(process.env["FAULT_SEED"] ?? 20_200_501);
const gateways = 3;

async function underFire(kind: Target["kind"]) {
  const random = createRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const target = await openTarget(kind, pick);
  const attacked = new Map<string, number>();
  let isOver = false;
  const fire = async () => {
    while (!isOver) {
      await sleep(200 + pick(600));
      const attack = target.attacks[pick(target.attacks.length)];
      if (!attack || isOver) continue;
      // A server that is down already cannot be asked to do anything.
      await attack.run().catch(() => undefined);
      attacked.set(attack.name, (attacked.get(attack.name) ?? 0) + 1);
    }
  };
  const firing = fire();
  try {
    const data = {
      redisUrl: target.url,
      namespace: randomUUID(),
      durationMs: seconds * 1_000,
      readers: 8,
      writers: 4,
      chaos: true,
    };
    const report = await runWorkers(data, gateways, seed);
    return { ...report, attacked: Object.fromEntries(attacked) };
  } finally {
    isOver = true;
    await firing;
    await target.close();
  }
}

test.each(["single", "sentinel", "cluster"] as const)(
  "no read returns what it must not, whatever happens to Redis (%s)",
  { timeout: (seconds + 60) * 1_000 },
  async (kind) => {
    const { counters, violations, attacked } = await underFire(kind);
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
