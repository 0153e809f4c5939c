/**
 * Writes every named fragment out where it is spread, as an inline fragment with the spread's own
 * directives, so that each FieldNode stands in one place and has one parent type. Enters: a valid
 * document that passed the limits (`selections` bounds the size of the result, `nesting` its depth).
 */
import {
  Kind,
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { graphError } from "../errors.ts";

/**
 * @returns the same document when it has no fragment definitions; otherwise its operations with
 *   new field nodes (arguments and directives are shared with the original).
 * @throws GraphQLError GRAPHQL_VALIDATION_FAILED for a spread of an unknown fragment or a cycle.
 */
export function inlineFragments(document: DocumentNode): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition);
  if (fragments.size === 0) return document;
  const open = new Set<string>();

  const inlineSet = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.map(inlineSelection),
  });

  function inlineSelection(selection: SelectionNode): SelectionNode {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return inlineSpread(selection);
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return { ...selection, selectionSet: inlineSet(selection.selectionSet) };
    if (!selection.selectionSet) return { ...selection };
    return { ...selection, selectionSet: inlineSet(selection.selectionSet) };
  }

  function inlineSpread(spread: FragmentSpreadNode): SelectionNode {
    const name = spread.name.value;
    const fragment = fragments.get(name);
    if (!fragment || open.has(name))
      throw graphError(
        "GRAPHQL_VALIDATION_FAILED",
        fragment
          ? `Fragment "${name}" spreads itself. Break the cycle.`
          : `Unknown fragment "${name}". Define it in the same document.`,
        { nodes: spread },
      );
    open.add(name);
    const selectionSet = inlineSet(fragment.selectionSet);
    open.delete(name);
    return {
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: fragment.typeCondition,
      ...(spread.directives && { directives: spread.directives }),
      selectionSet,
    };
  }

  return {
    ...document,
    definitions: document.definitions.flatMap((definition): readonly DefinitionNode[] => {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) return [];
      if (definition.kind !== Kind.OPERATION_DEFINITION) return [definition];
      return [{ ...definition, selectionSet: inlineSet(definition.selectionSet) }];
    }),
  };
}
