/**
 * Makes a document safe to plan. The planner leaves out a fetch all of whose fields are under
 * conditions that exclude each other, and with it objects that the client asked for and that stay
 * empty (`bills @include(if: $x) { note @skip(if: $x) }`). A `__typename` in each selection that
 * could become empty keeps such objects. What the client gets is decided by the original document.
 */
import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode, visit } from "graphql";
import { fragmentsOf } from "../operation/fragments.ts";

const typename: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: "__typename" },
};

/** The same document where no selection can become empty. */
export function keepObjects(document: DocumentNode): DocumentNode {
  const fragments = fragmentsOf(document);

  const hasUnconditionalField = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.directives?.length) return false;
      if (selection.kind === Kind.FIELD) return true;
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
      // Where the type condition is not met, the planner itself asks for the type's name.
      return fragment !== undefined && hasUnconditionalField(fragment.selectionSet);
    });

  return visit(document, {
    OperationDefinition: {
      leave(operation) {
        const { selectionSet } = operation;
        if (selectionSet.selections.length > 0) return undefined;
        return { ...operation, selectionSet: { ...selectionSet, selections: [typename] } };
      },
    },
    Field: {
      leave(field) {
        const { selectionSet } = field;
        if (!selectionSet || hasUnconditionalField(selectionSet)) return undefined;
        const selections = [typename, ...selectionSet.selections];
        return { ...field, selectionSet: { ...selectionSet, selections } };
      },
    },
  });
}
