/** Arguments of a field: literals, variables, variables inside literals, or nothing where that may be. */
import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from "graphql";
import type { Draw } from "./draw.ts";

type Json = unknown;

/** @returns a variable's name, with its `$`. */
export type AddVariable = (type: string, value: Json) => string;

const scalars: Readonly<Record<string, readonly Json[]>> = {
  Int: [1, 5, -2],
  String: ["x", "", 'say "q"', "ن\n"],
  Raw: [1, "raw", [1, { a: null }], { deep: { n: 2 } }],
};

function jsonOf(type: GraphQLInputType, draw: Draw, depth: number): Json {
  if (!isNonNullType(type) && draw.chance(15)) return null;
  const bare = getNullableType(type);
  if (isListType(bare)) {
    // One item may stand for a list of one (GraphQL specification, 3.11).
    if (draw.chance(15)) return jsonOf(bare.ofType, draw, depth);
    return Array.from({ length: draw.below(3) }, () => jsonOf(bare.ofType, draw, depth));
  }
  if (isInputObjectType(bare)) {
    const fields = Object.values(bare.getFields()).filter(
      (field) => isRequiredInputField(field) || (depth > 0 && draw.chance(50)),
    );
    return Object.fromEntries(
      fields.map(({ name, type: own }) => [name, jsonOf(own, draw, depth - 1)]),
    );
  }
  if (isEnumType(bare)) return draw.pick(bare.getValues()).name;
  return draw.pick(scalars[bare.name] ?? []);
}

export function createArgumentsOf(draw: Draw, variable: AddVariable) {
  /** A literal of the same meaning. */
  const plainText = (value: Json): string => {
    if (Array.isArray(value)) return `[${value.map(plainText).join(", ")}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const fields = Object.entries(value).map(([name, one]) => `${name}: ${plainText(one)}`);
    return `{ ${fields.join(", ")} }`;
  };

  function textOf(type: GraphQLInputType, depth: number): string {
    if (draw.chance(35)) return variable(String(type), jsonOf(type, draw, depth));
    if (!isNonNullType(type) && draw.chance(15)) return "null";
    const bare = getNullableType(type);
    if (isListType(bare)) {
      if (draw.chance(15)) return textOf(bare.ofType, depth);
      const items = Array.from({ length: draw.below(3) }, () => textOf(bare.ofType, depth));
      return `[${items.join(", ")}]`;
    }
    if (isInputObjectType(bare)) {
      const fields = Object.values(bare.getFields()).filter(
        (field) => isRequiredInputField(field) || (depth > 0 && draw.chance(50)),
      );
      const texts = fields.map(({ name, type: own }) => `${name}: ${textOf(own, depth - 1)}`);
      return `{ ${texts.join(", ")} }`;
    }
    const value = jsonOf(getNullableType(bare), draw, depth);
    return typeof value === "string" && isEnumType(bare) ? value : plainText(value);
  }

  return (args: readonly GraphQLArgument[]): string => {
    const given = args.filter((arg) => isRequiredArgument(arg) || draw.chance(60));
    const texts = draw.shuffle(given).map(({ name, type }) => `${name}: ${textOf(type, 2)}`);
    return texts.length > 0 ? `(${texts.join(", ")})` : "";
  };
}
