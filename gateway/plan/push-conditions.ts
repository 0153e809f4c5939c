/**
 * Makes a document safe to plan where one object is asked for under a condition and without it:
 * `bill @include(if: $x) { total } bill { id }`. Of such conditions the planner forgets those of a field with
 * `@requires`, and asks for it always, though what it requires is fetched under the condition. So they are
 * written at the fields themselves: `bill @include(if: $x) { total @include(if: $x) } bill { id }` is the same.
 */
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

/** Whether one path of objects is met under different conditions. */
function isMixed(set: SelectionSetNode): boolean {
  const known = new Map<string, string>();
  const visitSet = (
    { selections }: SelectionSetNode,
    path: string,
    conditions: readonly string[],
  ): boolean =>
    selections.some((selection) => {
      const own = [...conditions, ...conditionsOf(selection).map(print)];
      if (selection.kind === Kind.INLINE_FRAGMENT)
        return visitSet(selection.selectionSet, path, own);
      if (selection.kind !== Kind.FIELD || !selection.selectionSet) return false;
      const key = `${path}.${selection.alias?.value ?? selection.name.value}`;
      const signature = [...new Set(own)].sort().join(" ");
      const before = known.get(key) ?? signature;
      known.set(key, before);
      return before !== signature || visitSet(selection.selectionSet, key, own);
    });
  return visitSet(set, "", []);
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

function push({ selections }: SelectionSetNode, conditions: Conditions): SelectionSetNode {
  const pushed = selections.map((selection): SelectionNode => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
    const all = [...conditions, ...conditionsOf(selection)];
    if (selection.kind === Kind.INLINE_FRAGMENT || selection.selectionSet) {
      const { selectionSet = { kind: Kind.SELECTION_SET, selections: [] } } = selection;
      return { ...selection, selectionSet: push(selectionSet, all) };
    }
    return selection.name.value === "__typename" ? selection : under(conditions, selection);
  });
  return { kind: Kind.SELECTION_SET, selections: pushed };
}

/** @param document Valid. @returns the same document where nothing is mixed. */
export function pushConditions(document: DocumentNode): DocumentNode {
  let isChanged = false;
  const definitions = inlineFragments(document).definitions.map((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION || !isMixed(definition.selectionSet))
      return definition;
    isChanged = true;
    return { ...definition, selectionSet: push(definition.selectionSet, []) };
  });
  return isChanged ? { ...document, definitions } : document;
}
