/** Random operations with `@defer` anywhere: the parts together are the answer without it. */
import { expect, test } from "vitest";
import { findDeferredDifference, withRandomDefers } from "./deferred.ts";
import { createDraw } from "./draw.ts";
import { isValid, prepareGround } from "./find-difference.ts";
import { randomOperation } from "./random-operation.ts";
import { randomRows } from "./random-rows.ts";
import { randomSubgraphs } from "./random-supergraph.ts";

// More by hand: DEFER_SEEDS=1000 vitest run test/fuzz/deferred.test.ts
const count = Number(process.env["DEFER_SEEDS"] ?? 25);
const seeds = Array.from({ length: count }, (_, index) => index + 1);
const moods = ["clean", "clean", "failing", "broken", "down"] as const;

function prepare(subgraphs: ReturnType<typeof randomSubgraphs>) {
  try {
    return prepareGround(subgraphs);
  } catch {
    return undefined;
  }
}

test("the parts of a deferred answer are the answer", { timeout: count * 4_000 }, async () => {
  const finds: string[] = [];
  let operations = 0;
  for (const seed of seeds) {
    const draw = createDraw(seed);
    const subgraphs = randomSubgraphs(draw);
    const ground = prepare(subgraphs);
    if (!ground) continue;
    for (let n = 0; n < 12; n += 1) {
      const operation = randomOperation(ground.schema, draw);
      const mood = draw.pick(moods);
      const rows = randomRows(subgraphs, ground.model, draw, mood === "down" ? "plain" : mood);
      const subgraph = draw.pick(Object.keys(subgraphs));
      const query = withRandomDefers(operation.query, draw);
      if (!isValid(ground, query)) continue;
      const faults = mood === "down" ? [{ kind: "down", subgraph } as const] : [];
      const one = { subgraphs, ...rows, ...operation, query, faults };
      const found = await findDeferredDifference(ground, one).catch((error: Error) => [
        String(error.stack),
      ]);
      if (found === undefined) continue;
      operations += 1;
      if (found.length > 0)
        finds.push(`seed ${seed}, operation ${n} (${mood}): ${found.join("\n")}`);
    }
  }
  expect(finds).toEqual([]);
  expect(operations).toBeGreaterThan(count * 4);
});
