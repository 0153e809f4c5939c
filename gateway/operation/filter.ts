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
import { emptied, type Emptied, type Forbidden, type Removals } from "./forbidden.ts";

export type Filtered = {
  readonly operation: OperationDefinitionNode | undefined;
  readonly forbidden: Removals;
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
  const forbidden: Map<FieldNode, Forbidden | Emptied> = new Map();

  const removeAll = (field: FieldNode, because: Forbidden): void =>
    void visit(field, {
      Field(node) {
        forbidden.set(node, because);
      },
    });

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
      removeAll(field, refused);
      return [];
    }
    if (!field.selectionSet) return [field];
    const before = forbidden.size;
    const selectionSet = keepSet(field.selectionSet);
    if (selectionSet) return [{ ...field, selectionSet }];
    forbidden.set(field, emptied([...forbidden.values()].slice(before)));
    return [];
  }

  const selectionSet = keepSet(operation.selectionSet);
  if (!selectionSet) return { operation: undefined, forbidden };
  const kept = { ...operation, selectionSet };
  const used = usedVariables(kept);
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) =>
    used.has(variable.name.value),
  );
  return {
    operation: { ...kept, ...(variableDefinitions && { variableDefinitions }) },
    forbidden,
  };
}
