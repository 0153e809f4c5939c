/** Leaf values → JSON, by the same rules as leaf.ts, compiled per type. */
import { type GraphQLLeafType, isEnumType } from "graphql";

/** A value that is not null → its JSON; undefined when it is no value of the type. */
export type WriteLeaf = (value: unknown) => string | undefined;

const byName: Readonly<Record<string, WriteLeaf>> = {
  Int: (value) =>
    typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= 2 ** 31
      ? String(value)
      : undefined,
  Float: (value) => (typeof value === "number" ? JSON.stringify(value) : undefined),
  String: (value) => (typeof value === "string" ? JSON.stringify(value) : undefined),
  Boolean: (value) => (value === true ? "true" : value === false ? "false" : undefined),
  ID: (value) => {
    if (typeof value === "string") return JSON.stringify(value);
    return typeof value === "number" ? JSON.stringify(String(value)) : undefined;
  },
};

export function compileLeaf(type: GraphQLLeafType): WriteLeaf {
  if (isEnumType(type)) {
    const texts = new Map(type.getValues().map(({ name }) => [name, JSON.stringify(name)]));
    return (value) => texts.get(value as string);
  }
  // Custom scalars are the subgraph's affair and pass as they are.
  return Object.hasOwn(byName, type.name)
    ? (byName[type.name] as WriteLeaf)
    : (value) => JSON.stringify(value);
}
