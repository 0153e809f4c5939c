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
const moods: readonly DataMood[] = ["clean", "clean", "failing", "broken"];
const wireFaults = ["page", "refusing", "closing", "cut", "late"] as const;

type Kind = { readonly way?: NonNullable<FuzzCase["way"]>; readonly hasFault?: true };
const kinds: readonly Kind[] = [
  {},
  {},
  {},
  { hasFault: true },
  { way: "deferred" },
  { way: "cached" },
  { way: "wire" },
  { way: "wire", hasFault: true },
];

function randomFault(draw: Draw, subgraph: string, way: FuzzCase["way"]): SubgraphFault {
  if (way === "wire") return { kind: draw.pick(wireFaults), subgraph };
  const kind = draw.pick(["down", "garbled", "garbled", "silent", "babbling"] as const);
  return kind === "garbled" ? { kind, subgraph, seed: draw.below(1_000_000) } : { kind, subgraph };
}

/** Undefined when the operation is not valid: aliases may have met. */
function randomCase(
  ground: Ground,
  subgraphs: FuzzCase["subgraphs"],
  draw: Draw,
): FuzzCase | undefined {
  const { schema, model } = ground;
  const { way, hasFault } = draw.pick(kinds);
  const canMutate = schema.getMutationType() && (!way || way === "wire");
  const operation = randomOperation(
    schema,
    draw,
    canMutate && draw.chance(40) ? "mutation" : "query",
  );
  const query = way === "deferred" ? withRandomDefers(operation.query, draw) : operation.query;
  const rows = randomRows(subgraphs, model, draw, hasFault ? "plain" : draw.pick(moods));
  const others = Array.from({ length: draw.below(3) }, () => randomOperation(schema, draw));
  const fault = randomFault(draw, draw.pick(Object.keys(subgraphs)), way);
  if (!isValid(ground, query)) return undefined;
  const before = others.filter((other) => isValid(ground, other.query));
  return {
    subgraphs,
    ...rows,
    ...operation,
    query,
    faults: hasFault ? [fault] : [],
    ...(way && { way }),
    ...(way === "cached" && { before }),
  };
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
