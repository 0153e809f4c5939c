/**
 * Leaves out what can never be in the answer. What no object can be: `... on Either { ... on Station
 * { code } }` below an interface that Station does not implement, which the planner follows into subgraphs
 * where there is no way on, and fails. And what is written to be left out, `@skip(if: true)`: the planner
 * asks for it now and then, and its errors would be told.
 */
import {
  type DocumentNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { inlineFragments } from "../operation/inline-fragments.ts";

/** Whether a condition that is written out, without a variable, leaves it out. */
const isLeftOut = ({ directives = [] }: SelectionNode): boolean =>
  directives.some(({ name, arguments: [condition] = [] }) => {
    const isSkip = name.value === "skip";
    if (!isSkip && name.value !== "include") return false;
    return condition?.value.kind === Kind.BOOLEAN && condition.value.value === isSkip;
  });

const namedType = (name: string): NamedTypeNode => ({
  kind: Kind.NAMED_TYPE,
  name: { kind: Kind.NAME, value: name },
});

type Possible = ReadonlySet<string>;

function possibleTypes(schema: GraphQLSchema, type: GraphQLCompositeType): Possible {
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  return new Set(types.map(({ name }) => name));
}

/**
 * @param document Valid.
 * @param interfaceObjects Names of interfaces that some subgraph knows as an object: from there the planner
 *   finds the way to an object type, but not to another abstract one, which is written out for it.
 * @returns the same document when everything in it is possible.
 */
export function keepPossible(
  document: DocumentNode,
  schema: GraphQLSchema,
  interfaceObjects: ReadonlySet<string>,
): DocumentNode {
  let isChanged = false;

  function keepSelection(
    selection: SelectionNode,
    type: GraphQLCompositeType,
    possible: Possible,
  ): readonly SelectionNode[] {
    if (isLeftOut(selection)) {
      isChanged = true;
      return [];
    }
    if (selection.kind === Kind.FIELD) {
      if (!selection.selectionSet) return [selection];
      const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
      const field = fields[selection.name.value];
      const below = field && getNamedType(field.type);
      // Introspection (`__schema`) is not planned.
      if (!below || !isCompositeType(below)) return [selection];
      const selectionSet = keepSet(selection.selectionSet, below, possibleTypes(schema, below));
      return [{ ...selection, selectionSet }];
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
    const name = selection.typeCondition?.name.value;
    const condition: GraphQLNamedType | undefined = name ? schema.getType(name) : type;
    if (!isCompositeType(condition)) return [selection];
    const narrowed = new Set(
      [...possibleTypes(schema, condition)].filter((each) => possible.has(each)),
    );
    if (narrowed.size === 0) {
      isChanged = true;
      return [];
    }
    const isLost =
      interfaceObjects.has(type.name) || (interfaceObjects.size > 0 && isObjectType(type));
    if (isAbstractType(condition) && condition !== type && isLost) {
      isChanged = true;
      return [...narrowed].flatMap((each) =>
        keepSelection({ ...selection, typeCondition: namedType(each) }, type, possible),
      );
    }
    const selectionSet = keepSet(selection.selectionSet, condition, narrowed);
    return selectionSet.selections.length > 0 ? [{ ...selection, selectionSet }] : [];
  }

  function keepSet(
    set: SelectionSetNode,
    type: GraphQLCompositeType,
    possible: Possible,
  ): SelectionSetNode {
    // An interface without implementations: that nothing can be planned is told (UNPLANNABLE).
    if (possible.size === 0) return set;
    const selections = set.selections.flatMap((one) => keepSelection(one, type, possible));
    return { ...set, selections };
  }

  const inlined = inlineFragments(document);
  const kept: DocumentNode = {
    ...inlined,
    definitions: inlined.definitions.map((definition) => {
      if (definition.kind !== Kind.OPERATION_DEFINITION) return definition;
      const root = schema.getRootType(definition.operation);
      if (!root) return definition;
      const selectionSet = keepSet(definition.selectionSet, root, possibleTypes(schema, root));
      return { ...definition, selectionSet };
    }),
  };
  return isChanged ? kept : document;
}
