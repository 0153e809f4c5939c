/**
 * Values written into a document, as variables: `agency(id: "dewa")` and `agency(id: "rta")` have one
 * plan. Clients that write their values into the text would otherwise have a plan made for each.
 */
import {
  type ArgumentNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  Kind,
  parseType,
  print,
  TypeInfo,
  type ValueNode,
  valueFromAST,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from "graphql";

export type Lifted = {
  readonly document: DocumentNode;
  /** Values of the variables that were made. */
  readonly values: Readonly<Record<string, unknown>>;
};

/** Whether it can travel as JSON without a loss: subgraphs may have scalars for longer numbers than ours. */
function canTravel(value: ValueNode): boolean {
  let can = value.kind !== Kind.NULL;
  visit(value, {
    Variable() {
      can = false;
    },
    IntValue({ value: text }) {
      can &&= Number.isSafeInteger(Number(text));
    },
    FloatValue({ value: text }) {
      can &&= String(Number(text)) === text;
    },
  });
  return can;
}

/** A beginning that no variable of the document has. */
export function freePrefix(document: DocumentNode): string {
  let prefix = "value";
  visit(document, {
    VariableDefinition({ variable }) {
      while (variable.name.value.startsWith(prefix)) prefix = `_${prefix}`;
    },
  });
  return prefix;
}

/**
 * @param schema The API schema, for which the document was validated.
 * Arguments of directives stay: `@skip(if: true)` is decided when planning. So do values that hold a
 * client's variable or a number that JSON would round, and nulls, which are no value.
 */
export function liftLiterals(document: DocumentNode, schema: GraphQLSchema): Lifted {
  const names = new Map<string, string>();
  const values: Record<string, unknown> = {};
  const definitions: VariableDefinitionNode[] = [];
  const types = new TypeInfo(schema);
  const prefix = freePrefix(document);

  function variableFor(value: ValueNode, type: GraphQLInputType): string {
    // Equal values have one variable: fields that were equal stay so, and can be merged.
    const key = `${String(type)} ${print(value)}`;
    const known = names.get(key);
    if (known) return known;
    const name = `${prefix}${names.size}`;
    names.set(key, name);
    values[name] = valueFromAST(value, type);
    const variable = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } } as const;
    const directives: readonly ConstDirectiveNode[] = [];
    const typeNode = parseType(String(type), { noLocation: true });
    definitions.push({ kind: Kind.VARIABLE_DEFINITION, variable, type: typeNode, directives });
    return name;
  }

  const lifted = visit(
    document,
    visitWithTypeInfo(types, {
      Directive: () => false,
      VariableDefinition: () => false,
      Argument(argument): ArgumentNode | undefined {
        const { value } = argument;
        const type = types.getInputType();
        if (!type || !canTravel(value)) return undefined;
        const name = { kind: Kind.NAME, value: variableFor(value, type) } as const;
        return { ...argument, value: { kind: Kind.VARIABLE, name } };
      },
    }),
  );
  if (definitions.length === 0) return { document, values };
  return {
    values,
    document: {
      ...lifted,
      definitions: lifted.definitions.map((definition) =>
        definition.kind === Kind.OPERATION_DEFINITION
          ? {
              ...definition,
              variableDefinitions: [...(definition.variableDefinitions ?? []), ...definitions],
            }
          : definition,
      ),
    },
  };
}
