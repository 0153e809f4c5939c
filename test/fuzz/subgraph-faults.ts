/** What can be wrong with a subgraph as a whole: it gives no answer, or answers of a wrong shape. */
import { SubgraphFailure, type SubgraphResult } from "../../gateway/fetch/subgraph-fetch.ts";
import { createDraw, type Draw } from "./draw.ts";
import type { WireFault } from "./wire.ts";

export type SubgraphFault =
  | WireFault
  | { readonly kind: "down" | "silent" | "babbling"; readonly subgraph: string }
  | { readonly kind: "garbled"; readonly subgraph: string; readonly seed: number };

/** Errors with paths that lead nowhere, or are none. */
const babble: readonly unknown[] = [
  { message: "No path." },
  { message: "Not there.", path: ["_entities", 99, "nothing"] },
  { message: "Not a part.", path: ["_entities", "first", -1] },
  { message: "Too deep.", path: ["__typename", "x", 0, "y"] },
  { message: "Nobody's.", path: [] },
];

/** A list of entities that is one too short or too long. */
function miscount(list: readonly unknown[], draw: Draw): readonly unknown[] {
  return draw.chance(50) ? list.slice(1) : [...list, null];
}

/**
 * One object or list somewhere in the answer becomes something else, or one field is not there.
 * Never a leaf to another leaf: what is still of the right type nobody can tell from the truth.
 */
function garble(value: unknown, draw: Draw, isEntities = false): unknown {
  if (Array.isArray(value)) {
    if (isEntities && draw.chance(40)) return miscount(value, draw);
    if (value.length === 0 || draw.chance(30))
      return draw.pick(["not a list", 7, { not: "a list" }]);
    const index = draw.below(value.length);
    return value.map((item: unknown, position) => (position === index ? garble(item, draw) : item));
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 0 || draw.chance(25)) return draw.pick(["not an object", 7, ["not one"]]);
  const [chosen] = draw.pick(entries);
  if (draw.chance(15)) return Object.fromEntries(entries.filter(([key]) => key !== chosen));
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      key === chosen ? garble(item, draw, key.startsWith("_entities")) : item,
    ]),
  );
}

/** @throws SubgraphFailure when the subgraph is down. */
export function applyFaults(
  faults: readonly SubgraphFault[],
  subgraph: string,
  result: SubgraphResult,
): SubgraphResult {
  return faults.reduce((answer, fault) => {
    if (fault.subgraph !== subgraph) return answer;
    if (fault.kind === "down")
      throw new SubgraphFailure("SUBGRAPH_UNAVAILABLE", subgraph, `"${subgraph}" is down.`);
    if (fault.kind === "silent") return { data: null, errors: [] };
    if (fault.kind === "babbling")
      return { ...answer, errors: [...answer.errors, ...(babble as SubgraphResult["errors"])] };
    if (fault.kind !== "garbled") return answer;
    const data = garble(answer.data, createDraw(fault.seed));
    const isObject = typeof data === "object" && data !== null && !Array.isArray(data);
    return isObject ? { ...answer, data: data as Record<string, unknown> } : answer;
  }, result);
}
