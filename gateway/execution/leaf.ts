/** Completion of leaf values: a subgraph's scalar or enum value is checked against the graph's own type. */
import { type GraphQLLeafType, isEnumType } from "graphql";

const invalid = Symbol("invalid");
export type LeafResult = typeof invalid | {} | null;
export const isInvalidLeaf = (value: LeafResult): value is typeof invalid => value === invalid;

const isInt32 = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= 2 ** 31;

/**
 * GraphQL specification section 3.5 and 3.9 (result coercion). Custom scalars are the subgraph's
 * affair and pass as they are; a value of an enum that clients do not know (`@inaccessible`) is invalid.
 */
export function completeLeaf(type: GraphQLLeafType, value: {}): LeafResult {
  if (isEnumType(type)) {
    return typeof value === "string" && type.getValue(value) ? value : invalid;
  }
  switch (type.name) {
    case "Int":
      return isInt32(value) ? value : invalid;
    case "Float":
      return typeof value === "number" ? value : invalid;
    case "String":
      return typeof value === "string" ? value : invalid;
    case "Boolean":
      return typeof value === "boolean" ? value : invalid;
    case "ID":
      if (typeof value === "string") return value;
      return typeof value === "number" ? String(value) : invalid;
    default:
      return value;
  }
}
