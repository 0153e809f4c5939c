/**
 * Part of `npm run faults:cache -- --seconds N --seed S`: real gateways and clients over HTTP, while their
 * origin dies now and then, and Redis is killed, paused, emptied, filled, failed over.
 */
import { expect, test } from "vitest";
import { underFire } from "./cache-fire.ts";
import { openGateways } from "./cache-gateways.ts";

const byHand = process.env["FAULT_SECONDS"];
const seconds = Number(byHand ?? 4);
const seed = Number(process.env["FAULT_SEED"] ?? 20_200_601);

test.each(["single", "sentinel", "cluster"] as const)(
  "no client is told what it must not, or sees an error because of Redis (%s)",
  { timeout: (seconds + 90) * 1_000 },
  async (kind) => {
    const { report, attacked } = await underFire(
      kind,
      seed,
      500,
      async ({ url }, pick, alsoAttack) => {
        await using gateways = await openGateways(url, pick);
        alsoAttack({ name: "origin dead", run: () => gateways.killOrigin() });
        return await gateways.run(seconds * 1_000);
      },
    );
    const { counters, violations } = report;
    if (byHand !== undefined)
      console.log(
        [
          `${kind}, over HTTP: ${seconds} s, seed ${seed}, 3 gateways`,
          ...[...Object.entries(attacked), ...Object.entries(counters)].map(
            ([name, count]) => `  ${name}: ${count}`,
          ),
          `  wrong, mixed up, too old, or failed because of Redis: ${violations.length}`,
          ...violations.map((text) => `    ${text}`),
        ].join("\n"),
      );
    expect(violations).toEqual([]);
    expect(Object.keys(attacked).length).toBeGreaterThan(0);
    // Else nothing was tried.
    expect(counters["reads"]).toBeGreaterThan(20);
    expect(counters["whole answers from the cache"]).toBeGreaterThan(0);
  },
);
