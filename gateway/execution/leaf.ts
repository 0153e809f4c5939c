/** Completion of leaf values: a subgraph's scalar or enum value is checked against the graph's own type. */
import { type GraphQLLeafType, isEnumType } from "graphql";

const invalid = Symbol("invalid");
export type LeafResult = typeof invalid | {} | null;
export const isInvalidLeaf = (value: LeafResult): value is typeof invalid => value === invalid;

/** Specification section 3.5.1: 32 bits with a sign. */
export const isInt32 = (value: unknown): value is number =>
  typeof value === "number" && (value | 0) === value;

export const isInteger = (value: unknown): value is number => Number.isInteger(value);

/** JSON can write numbers that are too large to be one (`1e999`): those have no JSON of their own. */
export const isInfinite = (value: unknown): boolean =>
  typeof value === "number" && !Number.isFinite(value);

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
      return typeof value === "number" && !isInfinite(value) ? value : invalid;
    case "String":
      return typeof value === "string" ? value : invalid;
    case "Boolean":
      return typeof value === "boolean" ? value : invalid;
    case "ID":
      if (typeof value === "string") return value;
      return isInteger(value) ? String(value) : invalid;
    default:
      return isInfinite(value) ? invalid : value;
  }
}
