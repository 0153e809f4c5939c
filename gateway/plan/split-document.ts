/**
 * A document whose fields cannot all be in one plan (supergraph/required-arguments.ts), as several that
 * can: the first with everything but the fields at odds, each other with some of those and the way to
 * them. Their data is merged afterwards, since all describe the same objects.
 */
import {
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  Kind,
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

/** @param numbers By field name; see RequiredArguments. @returns one document where one will do. */
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
