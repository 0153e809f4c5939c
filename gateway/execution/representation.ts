/**
 * The representation of an entity that is not whole or not plain: the slow way beside the compiled one
 * (plan/extractor.ts), which looks at what is missing and why.
 */
import type { FetchNode, QueryPlanSelectionNode } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import type { HasKey } from "../supergraph/entity-keys.ts";
import { isOfType } from "../supergraph/is-of-type.ts";
import type { Failures } from "./failures.ts";
import { type DataRecord, isRecord, mergeInto } from "./records.ts";
import { applyRewrites } from "./rewrites.ts";

export type RepresentationScope = {
  /** The supergraph's full schema: `requires` may name `@inaccessible` elements. */
  readonly supergraphSchema: GraphQLSchema;
  readonly hasKey: HasKey;
  readonly failures: Pick<Failures, "isIncomplete">;
};

export type Representation = {
  /** JSON. */
  readonly text: string;
  /** Some of what is required of the entity is not there. */
  readonly isPartial: boolean;
};

type Selecting = RepresentationScope & { isPartial: boolean };

/** Null: some input is missing, because the fetch that should have brought it did not. */
function select(
  scope: Selecting,
  source: unknown,
  selections: readonly QueryPlanSelectionNode[],
): unknown {
  if (Array.isArray(source)) return source.map((item) => select(scope, item, selections));
  if (!isRecord(source)) {
    if (source !== null) scope.isPartial = true;
    return null;
  }
  const result: DataRecord = {};
  for (const selection of selections) {
    if (selection.kind === "Field") {
      const key = selection.alias ?? selection.name;
      const value = source[key];
      if (value === undefined) {
        if (scope.failures.isIncomplete(source)) return null;
        // Never asked for: the field that needs it is left out by @skip or @include, but the plan
        // has one fetch for it and for others, which must not be lost. Or its subgraph left it out.
        scope.isPartial = true;
        continue;
      }
      const isObject = selection.selections !== undefined && value !== null;
      result[key] = isObject ? select(scope, value, selection.selections ?? []) : value;
      if (isObject && result[key] === null) scope.isPartial = true;
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

/** @returns undefined when the entity cannot be sent to this fetch. */
export function representationOf(
  scope: RepresentationScope,
  node: FetchNode,
  entity: DataRecord,
): Representation | undefined {
  const selecting = { ...scope, isPartial: false };
  const representation = select(selecting, entity, node.requires ?? []);
  // Without a type name no type condition of `requires` was met: not for this subgraph.
  if (!isRecord(representation) || typeof representation["__typename"] !== "string")
    return undefined;
  applyRewrites(scope.supergraphSchema, node.inputRewrites, representation);
  // The path also leads to objects of other parents, for which this fetch was not planned.
  if (!scope.hasKey(node.serviceName, representation)) return undefined;
  return { text: JSON.stringify(representation), isPartial: selecting.isPartial };
}
