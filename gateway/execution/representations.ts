/**
 * Entities → the representations that a fetch sends: the `requires` selection taken from each entity.
 * Equal ones travel once, however many places of the answer they come from.
 */
import type { FetchNode, QueryPlanSelectionNode } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import type { HasKey } from "../supergraph/entity-keys.ts";
import type { Failures } from "./failures.ts";
import { type DataRecord, isOfType, isRecord, mergeInto } from "./records.ts";
import { applyRewrites } from "./rewrites.ts";

/** A place in the answer where an entity stands, with its path from the root. */
export type Position = {
  readonly entity: DataRecord;
  readonly path: readonly (string | number)[];
};

export type Representations = {
  readonly sent: readonly DataRecord[];
  /** For each sent representation, the places that its entity is merged into. */
  readonly positions: readonly (readonly Position[])[];
};

export type RepresentationScope = {
  /** The supergraph's full schema: `requires` may name `@inaccessible` elements. */
  readonly supergraphSchema: GraphQLSchema;
  readonly hasKey: HasKey;
  readonly failures: Pick<Failures, "isIncomplete">;
};

/** Null: some input is missing, because the fetch that should have brought it did not. */
function select(
  scope: RepresentationScope,
  source: unknown,
  selections: readonly QueryPlanSelectionNode[],
): unknown {
  if (Array.isArray(source)) return source.map((item) => select(scope, item, selections));
  if (!isRecord(source)) return null;
  const result: DataRecord = {};
  for (const selection of selections) {
    if (selection.kind === "Field") {
      const key = selection.alias ?? selection.name;
      const value = source[key];
      if (value === undefined) {
        if (scope.failures.isIncomplete(source)) return null;
        // Never asked for: the field that needs it is left out by @skip or @include, but the plan
        // has one fetch for it and for others, which must not be lost.
        continue;
      }
      result[key] =
        selection.selections && value !== null ? select(scope, value, selection.selections) : value;
      continue;
    }
    const typename = source["__typename"];
    const { typeCondition } = selection;
    const applies =
      typeCondition === undefined ||
      (typeof typename === "string" && isOfType(scope.supergraphSchema, typename, typeCondition));
    if (!applies) continue;
    const part = select(scope, source, selection.selections);
    if (!isRecord(part)) return null;
    mergeInto(scope.supergraphSchema, result, part);
  }
  return result;
}

export function collectRepresentations(
  scope: RepresentationScope,
  node: FetchNode,
  positions: readonly Position[],
): Representations {
  const sent: DataRecord[] = [];
  const places: Position[][] = [];
  const indexByText = new Map<string, number>();
  for (const position of positions) {
    const representation = select(scope, position.entity, node.requires ?? []);
    // Without a type name no type condition of `requires` was met: not for this subgraph.
    if (!isRecord(representation) || typeof representation["__typename"] !== "string") continue;
    applyRewrites(scope.supergraphSchema, node.inputRewrites, representation);
    // The path also leads to objects of other parents, for which this fetch was not planned.
    if (!scope.hasKey(node.serviceName, representation)) continue;
    const text = JSON.stringify(representation);
    const index = indexByText.get(text);
    if (index === undefined) {
      indexByText.set(text, sent.length);
      sent.push(representation);
      places.push([position]);
    } else {
      places[index]?.push(position);
    }
  }
  return { sent, positions: places };
}

/** The places that a Flatten node's path leads to; "@" stands for every item of a list. */
export function flatten(
  positions: readonly Position[],
  path: readonly (string | number)[],
): readonly Position[] {
  const found: Position[] = [];
  const walk = (value: unknown, at: number, here: (string | number)[]): void => {
    if (Array.isArray(value)) {
      const next = path[at] === "@" ? at + 1 : at;
      value.forEach((item, index) => walk(item, next, [...here, index]));
    } else if (isRecord(value)) {
      const key = path[at];
      if (key === undefined) found.push({ entity: value, path: here });
      else walk(value[String(key)], at + 1, [...here, key]);
    }
  };
  for (const { entity, path: start } of positions) walk(entity, 0, [...start]);
  return found;
}
