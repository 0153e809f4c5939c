/**
 * Puts a document's fragments in such an order that each comes after those it spreads, so that a
 * fragment's size can be computed once, from sizes already known, without recursion from fragment
 * to fragment (ten thousand of them in a chain must not exhaust the stack). In a cycle, which
 * validation refuses later, one fragment comes before one it spreads.
 */
import { Kind, type FragmentDefinitionNode, type SelectionSetNode } from "graphql";

/** Names spread in a selection set, at any depth of fields; each as often as it occurs. */
function* spreadsIn(set: SelectionSetNode): Generator<string> {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) yield selection.name.value;
    else if (selection.selectionSet) yield* spreadsIn(selection.selectionSet);
  }
}

export function fragmentOrder(
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly FragmentDefinitionNode[] {
  const order: FragmentDefinitionNode[] = [];
  const met = new Set<string>();
  for (const root of fragments.values()) {
    const open: { fragment: FragmentDefinitionNode; spreads: Iterator<string> }[] = [];
    const enter = (fragment: FragmentDefinitionNode | undefined): void => {
      if (!fragment || met.has(fragment.name.value)) return;
      met.add(fragment.name.value);
      open.push({ fragment, spreads: spreadsIn(fragment.selectionSet) });
    };
    enter(root);
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const next = top.spreads.next();
      if (next.done) {
        order.push(top.fragment);
        open.pop();
      } else enter(fragments.get(next.value));
    }
  }
  return order;
}
