/**
 * A random operation over the public schema, nearly always valid, with its variables: aliases (in some operations
 * such as are other fields' names), fields asked for twice, inline and named fragments, `@skip` and `@include` by
 * variables and literals, `__typename`, arguments (random-arguments.ts).
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
import { createArgumentsOf } from "./random-arguments.ts";

export type RandomOperation = {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
};

type Variable = {
  readonly type: string;
  readonly value: unknown;
  readonly isGiven: boolean;
  readonly byDefault: string;
};

export function randomOperation(
  schema: GraphQLSchema,
  draw: Draw,
  kind: "query" | "mutation" = "query",
): RandomOperation {
  const variables = new Map<string, Variable>();
  const fragments: string[] = [];
  const types = Object.values(schema.getTypeMap()).filter(isCompositeType);
  let count = 0;

  function variable(type: string, value: unknown): string {
    const name = `v${variables.size}`;
    const canMiss = !type.endsWith("!");
    const isLeaf = typeof value !== "object" && type !== "Colour" && type !== "Raw";
    const byDefault = isLeaf && draw.chance(20) ? ` = ${JSON.stringify(value)}` : "";
    const isGiven = (!canMiss && byDefault === "") || draw.chance(80);
    variables.set(name, { type, value, isGiven, byDefault });
    return `$${name}`;
  }
  const argumentsOf = createArgumentsOf(draw, variable);

  function directives(): string {
    if (!draw.chance(14)) return "";
    const condition = draw.chance(75)
      ? variable("Boolean!", draw.chance(50))
      : String(draw.chance(50));
    return ` @${draw.chance(50) ? "skip" : "include"}(if: ${condition})`;
  }

  const collides = draw.chance(20);
  const names = types.flatMap((type) =>
    isUnionType(type) || type.name.startsWith("__") ? [] : Object.keys(type.getFields()),
  );

  function aliasOf(field: GraphQLField<unknown, unknown>): string {
    if (collides && draw.chance(20)) return `${draw.pick(names)}: `;
    // Under arguments an alias of its own: two uses may differ in them.
    if (field.args.length > 0) return `x${(count += 1)}_${field.name}: `;
    return draw.chance(18) ? `${field.name}_${draw.below(2)}: ` : "";
  }

  function fieldText(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type);
    const below = isCompositeType(type) ? ` { ${selection(type, depth - 1)} }` : "";
    return `${aliasOf(field)}${field.name}${argumentsOf(field.args)}${directives()}${below}`;
  }

  function fragment(type: GraphQLCompositeType, depth: number): string {
    const related = types.filter(
      (other) =>
        !other.name.startsWith("__") &&
        possibleNames(other).some((name) => possibleNames(type).includes(name)) &&
        other.name !== "Query" &&
        other.name !== "Mutation",
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

  const root = kind === "query" ? schema.getQueryType() : schema.getMutationType();
  if (!root) throw new Error(`The schema has no ${kind}.`);
  const body = selection(root, 2 + draw.below(3));
  const definitions = [...variables].map(
    ([name, { type, byDefault }]) => `$${name}: ${type}${byDefault}`,
  );
  const head = definitions.length > 0 ? `${kind} (${definitions.join(", ")})` : kind;
  const values = [...variables].flatMap(([name, { value, isGiven }]) =>
    isGiven ? [[name, value] as const] : [],
  );
  return {
    query: [`${head} { ${body} }`, ...fragments].join(" "),
    variables: Object.fromEntries(values),
  };
}
