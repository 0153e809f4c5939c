/** Random valid operations over a schema, for comparing two executions of the same graph. */
import fc from "fast-check";
import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  isAbstractType,
} from "graphql";

type Draw = (maximum: number) => number;

function fieldsOf(type: GraphQLCompositeType): readonly GraphQLField<unknown, unknown>[] {
  return isUnionType(type)
    ? []
    : Object.values(type.getFields()).filter((field) => field.args.length === 0);
}

function selectionOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  depth: number,
  draw: Draw,
): string {
  const parts: string[] = [];
  for (const field of fieldsOf(type)) {
    if (draw(3) === 0) continue;
    const fieldType = getNamedType(field.type);
    // An alias holds the field's name, so that two fields never meet under one response key.
    const alias = draw(4) === 0 ? `${field.name}_${draw(2)}: ` : "";
    const directive =
      draw(6) === 0 ? ` @${draw(2) === 0 ? "include" : "skip"}(if: $flag${draw(2)})` : "";
    if (!isCompositeType(fieldType)) parts.push(`${alias}${field.name}${directive}`);
    else if (depth > 0)
      parts.push(
        `${alias}${field.name}${directive} { ${selectionOf(schema, fieldType, depth - 1, draw)} }`,
      );
  }
  if (isAbstractType(type)) {
    for (const possible of schema.getPossibleTypes(type)) {
      if (draw(2) === 0)
        parts.push(`... on ${possible.name} { ${selectionOf(schema, possible, depth - 1, draw)} }`);
    }
  } else if (isObjectType(type) && draw(8) === 0 && depth > 0) {
    parts.push(`... { ${selectionOf(schema, type, depth - 1, draw)} }`);
  }
  if (!isUnionType(type) && draw(4) === 0) parts.push(`...Leaves_${type.name}`);
  if (draw(5) === 0 || parts.length === 0) parts.push("__typename");
  return parts.join(" ");
}

/** One fragment for each type with fields, holding its leaves; used in many places or in none. */
function fragmentsOf(schema: GraphQLSchema, operation: string): string {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .filter(({ name }) => operation.includes(`...Leaves_${name} `))
    .map((type) => {
      const leaves = fieldsOf(type).filter((field) => !isCompositeType(getNamedType(field.type)));
      const names = leaves.map(({ name }) => name);
      return `fragment Leaves_${type.name} on ${type.name} { __typename ${names.join(" ")} }`;
    })
    .join(" ");
}

/** `query ($flag0: Boolean!, $flag1: Boolean!) { … }`; fields with arguments are left out. */
export const randomOperation = (schema: GraphQLSchema, depth: number): fc.Arbitrary<string> =>
  fc.infiniteStream(fc.nat()).map((stream) => {
    const draw: Draw = (maximum) => (stream.next().value ?? 0) % maximum;
    const type = schema.getQueryType();
    if (!type) throw new Error("The schema has no Query.");
    const selection = selectionOf(schema, type, depth, draw);
    const operation = `query ($flag0: Boolean!, $flag1: Boolean!) { ${selection} a: __typename @include(if: $flag0) b: __typename @skip(if: $flag1) }`;
    return `${operation} ${fragmentsOf(schema, operation)}`;
  });
