/**
 * Makes a document safe to plan where fields with `@requires` stand under conditions from further up:
 * `bill @include(if: $x) { total } bill { id }`. The planner can forget such a condition, and asks for the field
 * always, though what it requires is fetched under the condition. So the conditions are written at the field
 * itself: `bill @include(if: $x) { total @include(if: $x) } bill { id }` is the same.
 */
import { FieldDefinition, type Supergraph } from "@apollo/federation-internals";
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { inlineFragments } from "../operation/inline-fragments.ts";

type Conditions = readonly DirectiveNode[];

const conditionsOf = ({ directives = [] }: SelectionNode): Conditions =>
  directives.filter(({ name }) => name.value === "include" || name.value === "skip");

/** Names of the fields that have `@requires` in some subgraph. */
export function readRequiring(supergraph: Supergraph): ReadonlySet<string> {
  const names = new Set<string>();
  for (const subgraph of supergraph.subgraphs().values())
    for (const { parent } of subgraph.metadata().requiresDirective().applications())
      if (parent instanceof FieldDefinition) names.add(parent.name);
  return names;
}

/**
 * The field with the conditions that it does not have itself: at it, where there is room for one more of the name,
 * else around it (which the planner heeds unless the same stands further up).
 */
function under(conditions: Conditions, field: FieldNode): SelectionNode {
  let conditioned = field;
  const around: DirectiveNode[] = [];
  for (const condition of conditions.toReversed()) {
    const own = conditionsOf(conditioned);
    if (own.some((one) => print(one) === print(condition))) continue;
    if (own.some(({ name }) => name.value === condition.name.value)) around.push(condition);
    else
      conditioned = { ...conditioned, directives: [...(conditioned.directives ?? []), condition] };
  }
  return around.reduce<SelectionNode>((inner, condition) => {
    const selectionSet = { kind: Kind.SELECTION_SET, selections: [inner] } as const;
    return { kind: Kind.INLINE_FRAGMENT, directives: [condition], selectionSet };
  }, conditioned);
}

/**
 * @param document Valid.
 * @param requiring See readRequiring: by names, so it can be done too often, never too seldom.
 * @returns the same document where nothing is to be done.
 */
export function pushConditions(
  document: DocumentNode,
  requiring: ReadonlySet<string>,
): DocumentNode {
  let isChanged = false;

  const push = ({ selections }: SelectionSetNode, conditions: Conditions): SelectionSetNode => ({
    kind: Kind.SELECTION_SET,
    selections: selections.map((selection): SelectionNode => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      const all = [...conditions, ...conditionsOf(selection)];
      if (selection.kind === Kind.INLINE_FRAGMENT)
        return { ...selection, selectionSet: push(selection.selectionSet, all) };
      const { selectionSet } = selection;
      const field = selectionSet
        ? { ...selection, selectionSet: push(selectionSet, all) }
        : selection;
      if (conditions.length === 0 || !requiring.has(selection.name.value)) return field;
      isChanged = true;
      return under(conditions, field);
    }),
  });

  const definitions = inlineFragments(document).definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? { ...definition, selectionSet: push(definition.selectionSet, []) }
      : definition,
  );
  return isChanged ? { ...document, definitions } : document;
}
