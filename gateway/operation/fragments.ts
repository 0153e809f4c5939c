/** A document's fragments by name. */
import { type DocumentNode, type FragmentDefinitionNode, Kind } from "graphql";

export const fragmentsOf = (
  document: DocumentNode,
): Readonly<Record<string, FragmentDefinitionNode>> =>
  Object.fromEntries(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );
