/** What fetched data is made of, and how two fetched parts of one object become one. */
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from "graphql";

export type DataRecord = Record<string, unknown>;

export const isRecord = (value: unknown): value is DataRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether an object of type `typename` meets the type condition. */
export function isOfType(schema: GraphQLSchema, typename: string, condition: string): boolean {
  if (typename === condition) return true;
  const type = schema.getType(typename);
  const conditionType = schema.getType(condition);
  if (!type || !conditionType || !isAbstractType(conditionType)) return false;
  return (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(conditionType, type);
}

/**
 * Merges what a later fetch brought into what is there, in place. Lists are merged item by item:
 * both describe the same list of the same entity. A null never erases an object.
 */
export function mergeInto(schema: GraphQLSchema, target: DataRecord, source: DataRecord): void {
  for (const key of Object.keys(source)) {
    // JSON.parse makes "__proto__" an own key; assigning it would change the target's prototype.
    if (key === "__proto__") continue;
    const before = target[key];
    const after = source[key];
    if (key === "__typename" && typeof before === "string") {
      // A subgraph that knows an interface as an object (`@interfaceObject`) names the interface.
      if (!isObjectType(schema.getType(before))) target[key] = after;
    } else if (isRecord(before) && isRecord(after)) {
      mergeInto(schema, before, after);
    } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
      target[key] = before.map((item, index) => mergeItem(schema, item, after[index]));
    } else if (!(isRecord(before) && after === null)) {
      target[key] = after;
    }
  }
}

function mergeItem(schema: GraphQLSchema, before: unknown, after: unknown): unknown {
  if (isRecord(before) && isRecord(after)) {
    mergeInto(schema, before, after);
    return before;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.map((item, index) => mergeItem(schema, item, after[index]));
  }
  return isRecord(before) && after === null ? before : after;
}
