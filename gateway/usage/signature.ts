/**
 * An operation as use is recorded by: its text without the values that were written into it, and the
 * fields that it asks for. Two operations that differ in such values alone are one.
 */
import { createHash } from "node:crypto";
import {
  type DocumentNode,
  type FloatValueNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type IntValueNode,
  Kind,
  parseType,
  print,
  separateOperations,
  type StringValueNode,
  TypeInfo,
  type ValueNode,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { freePrefix } from "../plan/lift-literals.ts";

export type Signature = {
  /** SHA-256 of `text` in hex. */
  readonly operation: string;
  /** Of the one operation and the fragments that it uses; valid whenever the document is. */
  readonly text: string;
  /** Coordinates, `Type.field`, by the type at which the field was asked; without introspection. */
  readonly fields: readonly string[];
};

/** Strings and numbers as variables of their types; enum values, `true`, `false` and `null` stay. */
function hideValues(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  const types = new TypeInfo(schema);
  const prefix = freePrefix(document);
  const names = new Map<string, string>();
  const made: VariableDefinitionNode[] = [];

  function variableFor(value: ValueNode, type: GraphQLInputType): ValueNode {
    // Equal values have one variable: fields that could be merged still can.
    const key = `${String(type)} ${print(value)}`;
    const name = { kind: Kind.NAME, value: names.get(key) ?? `${prefix}${names.size}` } as const;
    const variable = { kind: Kind.VARIABLE, name } as const;
    if (!names.has(key)) {
      names.set(key, name.value);
      const typeNode = parseType(String(type), { noLocation: true });
      made.push({ kind: Kind.VARIABLE_DEFINITION, variable, type: typeNode });
    }
    return variable;
  }
  // Within a scalar of any shape no variable has a type.
  const hide = (value: StringValueNode | IntValueNode | FloatValueNode): ValueNode => {
    const type = types.getInputType();
    if (type) return variableFor(value, type);
    return { ...value, value: value.kind === Kind.STRING ? "" : "0" };
  };

  const hidden = visit(
    document,
    visitWithTypeInfo(types, {
      // By parts or at once, it is the same operation.
      Directive: ({ name }) => (name.value === "defer" ? null : false),
      // Its defaults belong to who wrote the app.
      VariableDefinition: () => false,
      StringValue: hide,
      IntValue: hide,
      FloatValue: hide,
    }),
  );
  return {
    ...hidden,
    definitions: hidden.definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? {
            ...definition,
            variableDefinitions: [...(definition.variableDefinitions ?? []), ...made],
          }
        : definition,
    ),
  };
}

function fieldsOf(document: DocumentNode, schema: GraphQLSchema): readonly string[] {
  const types = new TypeInfo(schema);
  const fields = new Set<string>();
  const note = ({ name }: { readonly name: { readonly value: string } }): void => {
    const parent = types.getParentType();
    if (parent && !parent.name.startsWith("__") && !name.value.startsWith("__"))
      fields.add(`${parent.name}.${name.value}`);
  };
  visit(document, visitWithTypeInfo(types, { Field: note }));
  return [...fields];
}

/** @param document Valid under the schema, and with an operation of that name. */
export function signatureOf(
  document: DocumentNode,
  operationName: string | undefined,
  schema: GraphQLSchema,
): Signature {
  const separated = separateOperations(document);
  const own = separated[operationName ?? ""] ?? Object.values(separated)[0] ?? document;
  const text = print(hideValues(own, schema));
  const operation = createHash("sha256").update(text).digest("hex");
  return { operation, text, fields: fieldsOf(own, schema) };
}
