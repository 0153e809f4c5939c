/**
 * A random valid operation over the public schema, with its variables: aliases, fields asked for twice,
 * inline and named fragments, `@skip` and `@include` by variables and literals, `__typename`,
 * arguments given by variables, literals, or not at all.
 */
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
} from "graphql";
import type { Draw } from "./draw.ts";

export type RandomOperation = {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
};

type Variable = { readonly type: string; readonly value: unknown; readonly isGiven: boolean };

export function randomOperation(schema: GraphQLSchema, draw: Draw): RandomOperation {
  const variables = new Map<string, Variable>();
  const fragments: string[] = [];
  const types = Object.values(schema.getTypeMap()).filter(isCompositeType);
  let count = 0;

  function variable(type: string, values: readonly unknown[]): string {
    const name = `v${variables.size}`;
    variables.set(name, {
      type,
      value: draw.pick(values),
      isGiven: type.endsWith("!") || draw.chance(80),
    });
    return `$${name}`;
  }

  function directives(): string {
    if (!draw.chance(14)) return "";
    const condition = draw.chance(75)
      ? variable("Boolean!", [true, false])
      : String(draw.chance(50));
    return ` @${draw.chance(50) ? "skip" : "include"}(if: ${condition})`;
  }

  function argumentsOf(field: GraphQLField<unknown, unknown>): string {
    const given = field.args.flatMap(({ name }) => {
      if (draw.chance(40)) return [];
      if (name === "n")
        return [`n: ${draw.chance(50) ? variable("Int", [1, 5, null]) : draw.pick(["7", "null"])}`];
      if (name === "words")
        return [
          `words: ${draw.chance(50) ? variable("[String!]", [["x", "y"], [], null]) : '["z", "\\"q\\""]'}`,
        ];
      return [`${name}: ${draw.chance(50) ? variable("Colour", ["RED", null]) : "GREEN"}`];
    });
    return given.length > 0 ? `(${given.join(", ")})` : "";
  }

  function fieldText(field: GraphQLField<unknown, unknown>, depth: number): string {
    const given = argumentsOf(field);
    // Under arguments an alias of its own: two uses may differ in them.
    const alias =
      field.args.length > 0
        ? `x${(count += 1)}_${field.name}: `
        : draw.chance(18)
          ? `${field.name}_${draw.below(2)}: `
          : "";
    const type = getNamedType(field.type);
    const below = isCompositeType(type) ? ` { ${selection(type, depth - 1)} }` : "";
    return `${alias}${field.name}${given}${directives()}${below}`;
  }

  function fragment(type: GraphQLCompositeType, depth: number): string {
    const related = types.filter(
      (other) =>
        !other.name.startsWith("__") &&
        possibleNames(other).some((name) => possibleNames(type).includes(name)) &&
        other.name !== "Query",
    );
    const on = draw.chance(70) && related.length > 0 ? draw.pick(related) : type;
    const content = selection(on, depth);
    if (draw.chance(35)) {
      const name = `F${fragments.length}`;
      fragments.push(`fragment ${name} on ${on.name} { ${content} }`);
      const once = `...${name}${directives()}`;
      return draw.chance(20) ? `${once} ...${name}` : once;
    }
    const condition = on === type && draw.chance(40) ? "" : ` on ${on.name}`;
    return `...${condition}${directives()} { ${content} }`;
  }

  function possibleNames(type: GraphQLCompositeType): readonly string[] {
    return isAbstractType(type)
      ? schema.getPossibleTypes(type).map(({ name }) => name)
      : [type.name];
  }

  function selection(type: GraphQLCompositeType, depth: number): string {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const parts: string[] = [];
    for (const field of fields) {
      const isDeep = isCompositeType(getNamedType(field.type));
      if (isDeep ? depth <= 0 || !draw.chance(60) : !draw.chance(60)) continue;
      parts.push(fieldText(field, depth));
      if (isDeep && draw.chance(12)) parts.push(fieldText(field, depth));
    }
    if (isAbstractType(type) && depth >= 0) {
      for (let n = 0; n <= draw.below(3); n += 1) parts.push(fragment(type, depth - 1));
    } else if (depth > 0 && draw.chance(15)) parts.push(fragment(type, depth - 1));
    if (parts.length === 0 || draw.chance(15))
      parts.push(draw.chance(20) ? "kind: __typename" : "__typename");
    return draw.shuffle(parts).join(" ");
  }

  const root = schema.getQueryType();
  if (!root) throw new Error("The schema has no Query.");
  const body = selection(root, 2 + draw.below(3));
  const definitions = [...variables].map(([name, { type }]) => `$${name}: ${type}`);
  const head = definitions.length > 0 ? `query (${definitions.join(", ")})` : "query";
  const values = [...variables].flatMap(([name, { value, isGiven }]) =>
    isGiven ? [[name, value] as const] : [],
  );
  return {
    query: [`${head} { ${body} }`, ...fragments].join(" "),
    variables: Object.fromEntries(values),
  };
}
