/** The loop: supergraph after supergraph, on each some data and operations, until somebody says stop. */
import { withRandomDefers } from "./deferred.ts";
import { createDraw, type Draw } from "./draw.ts";
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
const ways = [undefined, undefined, undefined, "faults", "deferred", "cached"] as const;
const moods: readonly DataMood[] = ["clean", "clean", "failing", "broken"];

function randomFault(draw: Draw, subgraph: string): SubgraphFault {
  const kind = draw.pick(["down", "garbled", "garbled", "silent", "babbling"] as const);
  return kind === "garbled" ? { kind, subgraph, seed: draw.below(1_000_000) } : { kind, subgraph };
}

/** Undefined when the operation is not valid: aliases may have met. */
function randomCase(ground: Ground, subgraphs: FuzzCase["subgraphs"], draw: Draw) {
  const { schema, model } = ground;
  const way = draw.pick(ways);
  const kind = schema.getMutationType() && !way && draw.chance(40) ? "mutation" : "query";
  const operation = randomOperation(schema, draw, kind);
  const query = way === "deferred" ? withRandomDefers(operation.query, draw) : operation.query;
  const rows = randomRows(model, draw, way === "faults" ? "plain" : draw.pick(moods));
  const before = Array.from({ length: draw.below(3) }, () => randomOperation(schema, draw));
  const fault = randomFault(draw, draw.pick(Object.keys(subgraphs)));
  if (!isValid(ground, query)) return undefined;
  const faults = way === "faults" ? [fault] : [];
  const asked = before.filter((one) => isValid(ground, one.query));
  const one: FuzzCase = { subgraphs, ...rows, ...operation, query, faults };
  if (way === "deferred") return { ...one, way };
  return way === "cached" ? { ...one, way, before: asked } : one;
}

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
  for (let n = 0; n < operationsPerSupergraph; n += 1) {
    const one = randomCase(ground, subgraphs, draw);
    if (!one) continue;
    tally.operations += 1;
    const difference = await findDifferenceOn(ground, one);
    if (difference === undefined) continue;
    tally.differences += 1;
    await onFind({ seed, one, difference });
  }
}
