/**
 * Which fields a selection asks of an object of a given type: CollectFields of the GraphQL
 * specification (section 6.3.2), with `@skip`, `@include` and type conditions. Results are kept for
 * the length of one request, so that a list of a thousand objects collects once.
 */
import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { type ClientNames, responseKeyOf } from "../plan/client-names.ts";
import type { Removal } from "../operation/filter.ts";
import { isOfType } from "../supergraph/is-of-type.ts";

/** All nodes of one response key on one type; `collect` gives what they select below. */
export type FieldGroup = {
  readonly key: string;
  /** The key under which it is in the data. */
  readonly dataKey: string;
  readonly name: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  /** Why authorisation took all of these nodes out of the operation; undefined when one is left. */
  readonly removal: Removal | undefined;
  readonly collect: (typename: string) => readonly FieldGroup[];
};

export type CollectOptions = {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly removed: ReadonlyMap<FieldNode, Removal>;
  readonly clientNames: ClientNames;
};

function condition(directive: DirectiveNode, variables: CollectOptions["variables"]): boolean {
  const value = directive.arguments?.find(({ name }) => name.value === "if")?.value;
  if (value?.kind === Kind.VARIABLE) return variables[value.name.value] === true;
  return value?.kind === Kind.BOOLEAN && value.value;
}

/** By `@skip` or `@include`. */
export function isLeftOut(
  directives: readonly DirectiveNode[] | undefined,
  variables: CollectOptions["variables"],
): boolean {
  for (const directive of directives ?? []) {
    const name = directive.name.value;
    if (name === "skip" && condition(directive, variables)) return true;
    if (name === "include" && !condition(directive, variables)) return true;
  }
  return false;
}

/** @returns a function from a runtime type's name to the fields asked of it. */
export function createCollector(
  options: CollectOptions,
  selectionSets: readonly SelectionSetNode[],
): (typename: string) => readonly FieldGroup[] {
  const { schema, fragments, variables, removed, clientNames } = options;
  const byType = new Map<string, readonly FieldGroup[]>();

  function walk(set: SelectionSetNode, typename: string, found: Map<string, FieldNode[]>): void {
    for (const selection of set.selections) {
      if (isLeftOut(selection.directives, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = responseKeyOf(selection);
        const nodes = found.get(key);
        if (nodes) nodes.push(selection);
        else found.set(key, [selection]);
        continue;
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
      const typeCondition = fragment?.typeCondition?.name.value;
      if (!fragment || (typeCondition && !isOfType(schema, typename, typeCondition))) continue;
      walk(fragment.selectionSet, typename, found);
    }
  }

  return (typename) => {
    const known = byType.get(typename);
    if (known) return known;
    const found = new Map<string, FieldNode[]>();
    for (const set of selectionSets) walk(set, typename, found);
    const groups = [...found].map(([key, all]): FieldGroup => {
      const left = all.filter((node) => !removed.has(node));
      const nodes = left.length > 0 ? left : all;
      const below = nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []));
      const [first, ...others] = nodes as [FieldNode, ...FieldNode[]];
      const collect = createCollector(options, below);
      const removal = left.length > 0 ? undefined : removed.get(first);
      const name = first.name.value;
      const dataKey = clientNames.toTravel(first);
      return { key, dataKey, name, nodes: [first, ...others], removal, collect };
    });
    byType.set(typename, groups);
    return groups;
  };
}
