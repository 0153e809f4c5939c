/** The loop: supergraph after supergraph, on each some data and operations, until somebody says stop. */
import { createDraw } from "./draw.ts";
import { findDifferenceOn, type Ground, isValid, prepareGround } from "./find-difference.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { randomOperation } from "./random-operation.ts";
import { type DataMood, randomRows } from "./random-rows.ts";
import { randomSubgraphs } from "./random-supergraph.ts";
import type { SubgraphFault } from "./subgraph-faults.ts";

export type Find = {
  readonly seed: number;
  readonly one: FuzzCase;
  readonly difference: string;
};

export type Tally = {
  supergraphs: number;
  refused: number;
  operations: number;
  differences: number;
};

const operationsPerSupergraph = 12;
const moods: readonly (DataMood | "faults")[] = ["clean", "clean", "failing", "broken", "faults"];

/** Undefined when the random subgraphs do not compose. */
function tryGround(subgraphs: FuzzCase["subgraphs"]): Ground | undefined {
  try {
    return prepareGround(subgraphs);
  } catch {
    return undefined;
  }
}

/** All cases of one seed. */
export async function fuzzSeed(
  seed: number,
  tally: Tally,
  onFind: (find: Find) => Promise<void>,
): Promise<void> {
  const draw = createDraw(seed);
  const subgraphs = randomSubgraphs(draw);
  const ground = tryGround(subgraphs);
  if (!ground) {
    tally.refused += 1;
    return;
  }
  tally.supergraphs += 1;
  const names = Object.keys(subgraphs);
  for (let n = 0; n < operationsPerSupergraph; n += 1) {
    const kind = ground.schema.getMutationType() && draw.chance(25) ? "mutation" : "query";
    const operation = randomOperation(ground.schema, draw, kind);
    const mood = draw.pick(moods);
    const rows = randomRows(ground.model, draw, mood === "faults" ? "plain" : mood);
    const subgraph = draw.pick(names);
    const fault: SubgraphFault = draw.chance(50)
      ? { kind: "down", subgraph }
      : { kind: "garbled", subgraph, seed: draw.below(1_000_000) };
    if (!isValid(ground, operation.query)) continue;
    const faults = mood === "faults" ? [fault] : [];
    const one: FuzzCase = { subgraphs, ...rows, ...operation, faults };
    tally.operations += 1;
    const difference = await findDifferenceOn(ground, one);
    if (difference === undefined) continue;
    tally.differences += 1;
    await onFind({ seed, one, difference });
  }
}
