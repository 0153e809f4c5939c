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

/** @returns the representation as JSON; undefined when the entity cannot be sent to this fetch. */
export function representationText(
  scope: RepresentationScope,
  node: FetchNode,
  entity: DataRecord,
): string | undefined {
  const representation = select(scope, entity, node.requires ?? []);
  // Without a type name no type condition of `requires` was met: not for this subgraph.
  if (!isRecord(representation) || typeof representation["__typename"] !== "string")
    return undefined;
  applyRewrites(scope.supergraphSchema, node.inputRewrites, representation);
  // The path also leads to objects of other parents, for which this fetch was not planned.
  return scope.hasKey(node.serviceName, representation)
    ? JSON.stringify(representation)
    : undefined;
}
