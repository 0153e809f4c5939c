/** What fetched data is made of, and how two fetched parts of one object become one. */
import { type GraphQLSchema, isObjectType } from "graphql";

export type DataRecord = Record<string, unknown>;

export const isRecord = (value: unknown): value is DataRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Merges what a later fetch brought into what is there, in place. Lists are merged item by item:
 * both describe the same list of the same entity. A null never erases an object.
 */
export function mergeInto(schema: GraphQLSchema, target: DataRecord, source: DataRecord): void {
  // Records come from JSON.parse: all their keys are their own.
  for (const key in source) {
    const before = target[key];
    const after = source[key];
    if (before === undefined) {
      target[key] = after;
    } else if (key === "__proto__") {
      // JSON.parse makes it an own key; assigning it would change the target's prototype.
    } else if (key === "__typename" && typeof before === "string") {
      // A subgraph that knows an interface as an object (`@interfaceObject`) names the interface.
      if (!isObjectType(schema.getType(before))) target[key] = after;
    } else if (isRecord(before)) {
      if (isRecord(after)) mergeInto(schema, before, after);
      else if (after !== null) target[key] = after;
    } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
      for (let index = 0; index < before.length; index += 1)
        before[index] = mergeItem(schema, before[index], after[index]);
    } else {
      target[key] = after;
    }
  }
}

function mergeItem(schema: GraphQLSchema, before: unknown, after: unknown): unknown {
  if (isRecord(before)) {
    if (isRecord(after)) mergeInto(schema, before, after);
    return isRecord(after) || after === null ? before : after;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.map((item, index) => mergeItem(schema, item, after[index]));
  }
  return after;
}
