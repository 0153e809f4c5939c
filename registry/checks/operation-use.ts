/**
 * What an operation uses of a schema, as schema coordinates (`Bill`, `Bill.amount`,
 * `Query.bills.first`): types it meets, fields, arguments, and what its variables may carry. Variables'
 * values are not known, so every field of their input types counts as used.
 */
import {
  type DocumentNode,
  getNamedType,
  type GraphQLInputType,
  type GraphQLSchema,
  isAbstractType,
  isInputObjectType,
  isInputType,
  isInterfaceType,
  typeFromAST,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";

export function coordinatesOf(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const used = new Set<string>();
  const info = new TypeInfo(schema);

  function useInput(type: GraphQLInputType | undefined | null): void {
    const named = type && getNamedType(type);
    if (!named || used.has(named.name)) return;
    used.add(named.name);
    if (!isInputObjectType(named)) return;
    for (const field of Object.values(named.getFields())) {
      used.add(`${named.name}.${field.name}`);
      useInput(field.type);
    }
  }

  visit(
    document,
    visitWithTypeInfo(info, {
      VariableDefinition(node) {
        const type = typeFromAST(schema, node.type);
        if (isInputType(type)) useInput(type);
      },
      InlineFragment() {
        const type = info.getType();
        if (type) used.add(getNamedType(type).name);
      },
      FragmentDefinition(node) {
        used.add(node.typeCondition.name.value);
      },
      Field() {
        const [parent, field] = [info.getParentType(), info.getFieldDef()];
        if (!parent || !field || field.name.startsWith("__")) return;
        const output = getNamedType(field.type);
        used.add(parent.name);
        used.add(output.name);
        used.add(`${parent.name}.${field.name}`);
        if (isAbstractType(output))
          for (const { name } of schema.getPossibleTypes(output)) used.add(name);
        // Asked of an interface, a field is asked of each type that has it.
        if (isInterfaceType(parent))
          for (const { name } of schema.getPossibleTypes(parent)) used.add(`${name}.${field.name}`);
      },
      Argument() {
        const [parent, field, argument] = [
          info.getParentType(),
          info.getFieldDef(),
          info.getArgument(),
        ];
        if (!parent || !field || !argument) return;
        used.add(`${parent.name}.${field.name}.${argument.name}`);
        if (isInterfaceType(parent))
          for (const { name } of schema.getPossibleTypes(parent))
            used.add(`${name}.${field.name}.${argument.name}`);
        used.add(getNamedType(argument.type).name);
      },
      ObjectField(node) {
        const type = info.getParentInputType();
        if (!type) return;
        const { name } = getNamedType(type);
        used.add(name);
        used.add(`${name}.${node.name.value}`);
      },
    }),
  );
  return used;
}
