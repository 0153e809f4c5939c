/** The values that `@fromContext` (plan/context-arguments.ts) takes from above the entities of a place. */
import type { GraphQLSchema } from "graphql";
import type { ContextArgument } from "../plan/context-arguments.ts";
import type { Place } from "../plan/place.ts";
import { isOfType } from "../supergraph/is-of-type.ts";
import { type DataRecord, isRecord } from "./records.ts";

const condition = "... on ";

/** @returns undefined when the way ends before: a condition does not hold, or a fetch brought nothing. */
function follow(schema: GraphQLSchema, value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => follow(schema, item, path) ?? null);
  if (!isRecord(value)) return undefined;
  if (!first.startsWith(condition)) return follow(schema, value[first], rest);
  const typename = value["__typename"];
  // Not every fetch asks for __typename: then there is one type, and it is met.
  const holds =
    typeof typename !== "string" || isOfType(schema, typename, first.slice(condition.length));
  return holds ? follow(schema, value, rest) : undefined;
}

/**
 * @param root Of data in which each object hangs in one place.
 * @returns by entity, in the order of the variables: JSON. Entities for which one of them is not there are left out.
 */
export function contextValuesAt(
  schema: GraphQLSchema,
  root: DataRecord,
  place: Place,
  wanted: readonly ContextArgument[],
): ReadonlyMap<DataRecord, readonly string[]> {
  const keys: string[] = [];
  for (let at: Place | undefined = place; at?.parent; at = at.parent) keys.unshift(at.key);
  const variables = [...new Set(wanted.map(({ variable }) => variable))];
  const values = new Map<DataRecord, readonly string[]>();

  /** @param above The objects on the way, nearest first. */
  function walk(value: unknown, depth: number, above: readonly DataRecord[]): void {
    if (Array.isArray(value)) {
      for (const item of value) walk(item, depth, above);
      return;
    }
    if (!isRecord(value)) return;
    const key = keys[depth];
    if (key !== undefined) return walk(value[key], depth + 1, [value, ...above]);
    const found = variables.flatMap((name) => {
      for (const { variable, levelsUp, path } of wanted) {
        if (variable !== name) continue;
        const from = levelsUp === 0 ? value : above[levelsUp - 1];
        const given = follow(schema, from, path);
        if (given !== undefined) return [JSON.stringify(given)];
      }
      return [];
    });
    if (found.length === variables.length) values.set(value, found);
  }
  walk(root, 0, []);
  return values;
}
