/** `npm run fuzz:execution`: the gateway's execution against one schema, for as long as you like. */
import { parseArgs } from "node:util";
import { printAsTest } from "./fuzz-case.ts";
import { fuzzSeed, type Tally } from "./fuzz.ts";
import { kindOf, shrink } from "./shrink.ts";

const usage = `Usage: npm run fuzz:execution [-- --seconds N] [--seed S] [--only] [--each N] [--shrink N]

Random supergraphs, rows and operations: the gateway's answer is compared with that of one graphql-js
schema over the same rows (test/fuzz/equivalence.ts says what equal means). The first find of each kind is made
small and printed as a test for test/fuzz/found.test.ts. Ends with 1 when something was found.
  --seconds N   how long (60)
  --seed S      where to begin (the clock); each supergraph has the next seed
  --only        that seed alone
  --each N      finds of each kind that are made small and printed (1)
  --shrink N    seconds to spend on making a find small (30)`;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    each: { type: "string", default: "1" },
    only: { type: "boolean", default: false },
    shrink: { type: "string", default: "30" },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const first = Number(values.seed);
  const endMs = Date.now() + Number(values.seconds) * 1000;
  const tally: Tally = { supergraphs: 0, refused: 0, operations: 0, differences: 0 };
  const kinds = new Map<string, number>();
  console.log(`seed ${first}`);
  for (let seed = first; Date.now() < endMs && (!values.only || seed === first); seed += 1) {
    await fuzzSeed(seed, tally, async ({ one, difference }) => {
      const kind = kindOf(difference);
      const times = (kinds.get(kind) ?? 0) + 1;
      kinds.set(kind, times);
      if (times > Number(values.each)) return;
      const small = await shrink(one, difference, Date.now() + Number(values.shrink) * 1000);
      console.log(`\n// seed ${seed}: ${small.difference.replaceAll("\n", "\n// ")}`);
      console.log(printAsTest(small.one, `found by seed ${seed}`));
    });
  }
  const { operations, supergraphs, refused, differences } = tally;
  console.log(
    `${operations} operations on ${supergraphs} supergraphs (${refused} more did not compose): ${differences} differences.`,
  );
  for (const [kind, times] of kinds) console.log(`${times} × ${kind}`);
  return differences > 0 ? 1 : 0;
}

process.exitCode = await main();
