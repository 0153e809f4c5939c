/**
 * The short form of `npm run fuzz:execution`: the same seeds each time. Further ones are tried by hand; what they
 * find is in found.test.ts.
 */
import { expect, test } from "vitest";
import { fuzzSeed, type Tally } from "./fuzz.ts";

const seeds = Array.from({ length: 31 }, (_, index) => index + 1);

test("the federated answer equals the answer of one schema", { timeout: 120_000 }, async () => {
  const tally: Tally = { supergraphs: 0, refused: 0, operations: 0, differences: 0 };
  const finds: string[] = [];
  for (const seed of seeds) {
    await fuzzSeed(seed, tally, async ({ difference }) => {
      finds.push(`seed ${seed}: ${difference}`);
    });
  }
  expect(finds).toEqual([]);
  expect(tally.supergraphs).toBeGreaterThan(20);
  expect(tally.operations).toBeGreaterThan(250);
});
