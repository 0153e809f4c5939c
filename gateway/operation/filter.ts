/**
 * Takes fields out of an operation so that what is left is still valid: a field or fragment whose
 * selection set became empty goes too, and so do variables that nothing uses any more.
 */
import {
  Kind,
  visit,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import type { Forbidden } from "./forbidden.ts";

export type Removal =
  | { readonly kind: "forbidden"; readonly forbidden: Forbidden }
  /** Nothing was left to ask below this field; `forbidden` tells why. */
  | { readonly kind: "emptied"; readonly forbidden: readonly Forbidden[] };

export type Filtered = {
  readonly operation: OperationDefinitionNode | undefined;
  /** What was taken out; of a forbidden field the fields below are not listed by themselves. */
  readonly removed: ReadonlyMap<FieldNode, Removal>;
  /** In document order. */
  readonly forbidden: readonly Forbidden[];
};

function usedVariables(operation: OperationDefinitionNode): ReadonlySet<string> {
  const used = new Set<string>();
  for (const part of [operation.selectionSet, ...(operation.directives ?? [])])
    visit(part, {
      Variable(node) {
        used.add(node.name.value);
      },
    });
  return used;
}

/** @param operation without fragment spreads. */
export function filterOperation(
  operation: OperationDefinitionNode,
  judgeField: (field: FieldNode) => Forbidden | undefined,
): Filtered {
  const removed = new Map<FieldNode, Removal>();
  const forbidden: Forbidden[] = [];

  function keepSet(set: SelectionSetNode): SelectionSetNode | undefined {
    const selections = set.selections.flatMap((selection): readonly SelectionNode[] => {
      if (selection.kind === Kind.FIELD) return keepField(selection);
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
      const selectionSet = keepSet(selection.selectionSet);
      return selectionSet ? [{ ...selection, selectionSet }] : [];
    });
    return selections.length > 0 ? { ...set, selections } : undefined;
  }

  function keepField(field: FieldNode): readonly FieldNode[] {
    const refused = judgeField(field);
    if (refused) {
      forbidden.push(refused);
      removed.set(field, { kind: "forbidden", forbidden: refused });
      return [];
    }
    if (!field.selectionSet) return [field];
    const before = forbidden.length;
    const selectionSet = keepSet(field.selectionSet);
    if (selectionSet) return [{ ...field, selectionSet }];
    removed.set(field, { kind: "emptied", forbidden: forbidden.slice(before) });
    return [];
  }

  const selectionSet = keepSet(operation.selectionSet);
  if (!selectionSet) return { operation: undefined, removed, forbidden };
  const kept = { ...operation, selectionSet };
  const used = usedVariables(kept);
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) =>
    used.has(variable.name.value),
  );
  return {
    operation: { ...kept, ...(variableDefinitions && { variableDefinitions }) },
    removed,
    forbidden,
  };
}
