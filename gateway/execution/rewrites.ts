/**
 * The planner's rewrites: what an entity looks like to one subgraph need not be what it looks like
 * in the graph (`@interfaceObject` sets a type name, conflicting fields travel under an alias).
 */
import type { FetchDataRewrite } from "@apollo/query-planner";
import type { GraphQLSchema } from "graphql";
import { isOfType } from "../supergraph/is-of-type.ts";
import { isRecord } from "./records.ts";

const fragment = "... on ";

function applyAt(
  schema: GraphQLSchema,
  path: readonly string[],
  value: unknown,
  rewrite: (record: Record<string, unknown>) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) applyAt(schema, path, item, rewrite);
    return;
  }
  if (!isRecord(value)) return;
  const [first, ...rest] = path;
  if (first === undefined) return rewrite(value);
  if (!first.startsWith(fragment)) return applyAt(schema, rest, value[first], rewrite);
  // Not every fetch asks for __typename: without it the condition is taken as met, as the planner expects.
  const typename = value["__typename"];
  if (typeof typename !== "string" || isOfType(schema, typename, first.slice(fragment.length))) {
    applyAt(schema, rest, value, rewrite);
  }
}

/** Changes `value` in place. */
export function applyRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
  value: unknown,
): void {
  for (const rewrite of rewrites ?? []) {
    const last = rewrite.path.at(-1);
    if (last === undefined) continue;
    applyAt(schema, rewrite.path.slice(0, -1), value, (record) => {
      if (rewrite.kind === "ValueSetter") {
        record[last] = rewrite.setValueTo;
      } else if (Object.hasOwn(record, last)) {
        record[rewrite.renameKeyTo] = record[last];
        delete record[last];
      }
    });
  }
}
