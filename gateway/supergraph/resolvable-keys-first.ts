/**
 * Apollo's planner enters a subgraph by the first key of a type there, also by one that the subgraph
 * cannot resolve (`resolvable: false`), and then finds nothing. The order of a type's `@join__type`
 * means nothing, so the resolvable keys are put first.
 */
import { type ConstDirectiveNode, type DefinitionNode, Kind, parse, print } from "graphql";

const isUnresolvable = ({ name, arguments: given }: ConstDirectiveNode): boolean =>
  name.value === "join__type" &&
  (given ?? []).some(
    ({ name, value }) => name.value === "resolvable" && value.kind === Kind.BOOLEAN && !value.value,
  );

function reorder<Definition extends DefinitionNode>(definition: Definition): Definition {
  if (!("directives" in definition) || !definition.directives?.length) return definition;
  const directives = definition.directives as readonly ConstDirectiveNode[];
  const last = directives.filter(isUnresolvable);
  const first = directives.filter((directive) => !isUnresolvable(directive));
  return { ...definition, directives: [...first, ...last] };
}

/** The same supergraph, written so that the planner finds the keys that work. */
export function resolvableKeysFirst(supergraphSdl: string): string {
  if (!supergraphSdl.includes("resolvable: false")) return supergraphSdl;
  const document = parse(supergraphSdl);
  return print({ ...document, definitions: document.definitions.map(reorder) });
}
