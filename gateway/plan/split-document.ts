/**
 * A document whose fields cannot all be in one plan, as several that can. Their data is merged afterwards, since all
 * describe the same objects.
 */
import {
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from "graphql";
import { inlineFragments } from "../operation/inline-fragments.ts";

/** Undefined: nothing is left. */
function keepSet(
  set: SelectionSetNode,
  isKept: (field: FieldNode) => boolean | "below",
): SelectionSetNode | undefined {
  const selections = set.selections.flatMap((selection): readonly SelectionNode[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
    const verdict = selection.kind === Kind.FIELD ? isKept(selection) : "below";
    if (verdict === true) return [selection];
    const below = selection.selectionSet && keepSet(selection.selectionSet, isKept);
    return verdict === "below" && below ? [{ ...selection, selectionSet: below }] : [];
  });
  return selections.length > 0 ? { ...set, selections } : undefined;
}

/**
 * For fields at odds with each other (supergraph/required-arguments.ts): the first with everything but those, each
 * other with some of them and the way to them.
 * @param numbers By field name; see RequiredArguments. @returns one document where one will do.
 */
export function splitDocument(
  document: DocumentNode,
  numbers: ReadonlyMap<string, number>,
): readonly DocumentNode[] {
  if (numbers.size === 0) return [document];
  const found = new Set<number>();
  visit(document, {
    Field({ name }) {
      found.add(numbers.get(name.value) ?? 0);
    },
  });
  found.delete(0);
  if (found.size < 2) return [document];
  const inlined = inlineFragments(document);
  return [...found]
    .toSorted((one, other) => one - other)
    .flatMap((number, index): DocumentNode[] => {
      const isKept = ({ name, selectionSet }: FieldNode): boolean | "below" => {
        const own = numbers.get(name.value) ?? 0;
        if (own !== 0) return own === number;
        // What is at odds with nothing is asked once.
        return selectionSet ? "below" : index === 0;
      };
      const definitions = inlined.definitions.flatMap((definition): DefinitionNode[] => {
        if (definition.kind !== Kind.OPERATION_DEFINITION) return [definition];
        const selectionSet = keepSet(definition.selectionSet, isKept);
        return selectionSet ? [{ ...definition, selectionSet }] : [];
      });
      return definitions.length > 0 ? [{ ...inlined, definitions }] : [];
    });
}

const responseKeyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value;

function responseKeysIn({ selections }: SelectionSetNode): readonly string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [responseKeyOf(selection)];
    return selection.kind === Kind.INLINE_FRAGMENT ? responseKeysIn(selection.selectionSet) : [];
  });
}

/** Each root field of a query by itself: what one asks for cannot change how another is planned. */
export function splitRoots(
  document: DocumentNode,
  operationName: string | undefined,
): readonly DocumentNode[] {
  const inlined = inlineFragments(document);
  const operation = getOperationAST(inlined, operationName);
  if (operation?.operation !== OperationTypeNode.QUERY) return [document];
  const keys = new Set(responseKeysIn(operation.selectionSet));
  return [...keys].flatMap((key): DocumentNode[] => {
    const selectionSet = keepSet(operation.selectionSet, (field) => responseKeyOf(field) === key);
    return selectionSet ? [{ ...inlined, definitions: [{ ...operation, selectionSet }] }] : [];
  });
}
