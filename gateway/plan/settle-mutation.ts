/**
 * A mutation's root fields as they are carried out: each once, in their order (GraphQL specification, sections 6.2.2
 * and 6.3.2). Asked for twice under different conditions, `pay { id } refund { id } pay @include(if: $x) { state }`,
 * a field would be carried out twice by the planner, which merges what stands under the same conditions only; and
 * which of them is first can depend on the conditions. So these are settled by the request's variables before.
 */
import {
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { LRUCache } from "lru-cache";
import { type Condition, createConditionReader, isLeftOut } from "../operation/conditions.ts";
import { inlineFragments } from "../operation/inline-fragments.ts";

/** So many combinations of conditions of one mutation are kept. */
const keptCombinations = 32;

type RootField = { readonly field: FieldNode; readonly conditions: readonly Condition[] };

const keyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value;

/** Without the conditions, which are settled. */
const plain = (field: FieldNode): FieldNode => ({
  ...field,
  directives: (field.directives ?? []).filter(
    ({ name }) => name.value !== "skip" && name.value !== "include",
  ),
});

function readRootFields(operation: OperationDefinitionNode): readonly RootField[] {
  const read = createConditionReader(operation);
  const walk = (set: SelectionSetNode, around: readonly Condition[]): readonly RootField[] =>
    set.selections.flatMap((selection: SelectionNode): readonly RootField[] => {
      const conditions = [...around, ...read(selection)];
      if (selection.kind === Kind.FIELD) return [{ field: selection, conditions }];
      // Named fragments are written out by now.
      return selection.kind === Kind.INLINE_FRAGMENT
        ? walk(selection.selectionSet, conditions)
        : [];
    });
  return walk(operation.selectionSet, []);
}

function merged(fields: readonly FieldNode[]): readonly FieldNode[] {
  const byKey = new Map<string, FieldNode>();
  for (const field of fields) {
    const known = byKey.get(keyOf(field));
    const selections = [known, field].flatMap((one) => one?.selectionSet?.selections ?? []);
    const first = plain(known ?? field);
    const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections };
    byKey.set(keyOf(field), first.selectionSet ? { ...first, selectionSet } : first);
  }
  return [...byKey.values()];
}

type Settle = (variables: Readonly<Record<string, unknown>>) => DocumentNode | undefined;

function createSettle(document: DocumentNode, operationName: string | undefined): Settle {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return () => document;
  const inlined = inlineFragments({
    ...document,
    definitions: document.definitions.filter(
      (one) => one.kind === Kind.FRAGMENT_DEFINITION || one === operation,
    ),
  });
  const whole = getOperationAST(inlined) ?? operation;
  const fields = readRootFields(whole);
  const isSimple =
    fields.every(({ conditions }) => conditions.length === 0) &&
    new Set(fields.map(({ field }) => keyOf(field))).size === fields.length;
  if (isSimple) return () => document;
  type Settled = { readonly document: DocumentNode | undefined };
  const known = new LRUCache<string, Settled>({ max: keptCombinations });
  return (variables) => {
    const left = fields.map(({ conditions }) => !isLeftOut(conditions, variables));
    const key = left.join(" ");
    const before = known.get(key);
    if (before) return before.document;
    const selections = merged(fields.flatMap(({ field }, index) => (left[index] ? [field] : [])));
    const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections };
    const settled =
      selections.length > 0
        ? { kind: Kind.DOCUMENT as const, definitions: [{ ...whole, selectionSet }] }
        : undefined;
    known.set(key, { document: settled });
    return settled;
  };
}

const settles = new WeakMap<DocumentNode, Map<string | undefined, Settle>>();

/**
 * @param document Valid.
 * @param variables With defaults filled in.
 * @returns the same document where nothing is to be settled, undefined where nothing is left.
 */
export function settleMutation(
  document: DocumentNode,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): DocumentNode | undefined {
  const ofDocument = settles.get(document) ?? new Map<string | undefined, Settle>();
  settles.set(document, ofDocument);
  const settle = ofDocument.get(operationName) ?? createSettle(document, operationName);
  ofDocument.set(operationName, settle);
  return settle(variables);
}
