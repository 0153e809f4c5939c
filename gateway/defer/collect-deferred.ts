/**
 * Which fields an object is asked for at once, and which come with which deferred fragment: CollectFields of the
 * GraphQL specification with `@defer`. The groups are those of execution/collect-fields.ts, so that one
 * completion serves both; what is deferred at an object is looked up beside its groups.
 */
import {
  type FieldNode,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { type CollectOptions, type FieldGroup, isLeftOut } from "../execution/collect-fields.ts";
import { responseKeyOf } from "../plan/client-names.ts";
import { isOfType } from "../supergraph/is-of-type.ts";
import type { Deferral, Deferrals } from "./deferrals.ts";

type Groups = readonly FieldGroup[];

export type DeferredGroups = { readonly deferral: Deferral; readonly groups: Groups };

export type DeferringCollector = {
  readonly collect: (typename: string) => Groups;
  /** What is deferred of the object that these groups were collected for. */
  readonly deferredBeside: (groups: Groups) => readonly DeferredGroups[];
};

type Asked = { readonly node: FieldNode; readonly deferral: Deferral | undefined };

export function createDeferringCollector(
  options: CollectOptions,
  root: SelectionSetNode,
  deferrals: Deferrals,
): DeferringCollector {
  const { schema, fragments, variables, removed, clientNames } = options;
  const beside = new Map<Groups, readonly DeferredGroups[]>();

  type Fragment = Pick<InlineFragmentNode, "selectionSet" | "typeCondition">;
  const fragmentOf = (selection: Exclude<SelectionNode, FieldNode>): Fragment | undefined =>
    selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;

  function walk(
    set: SelectionSetNode,
    typename: string,
    deferral: Deferral | undefined,
    found: Map<string, Asked[]>,
  ): void {
    for (const selection of set.selections) {
      if (isLeftOut(selection.directives, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = responseKeyOf(selection);
        found.set(key, [...(found.get(key) ?? []), { node: selection, deferral }]);
        continue;
      }
      const fragment = fragmentOf(selection);
      const condition = fragment?.typeCondition?.name.value;
      if (!fragment || (condition && !isOfType(schema, typename, condition))) continue;
      walk(fragment.selectionSet, typename, deferrals.of(selection, deferral), found);
    }
  }

  function groupOf(
    key: string,
    all: readonly FieldNode[],
    owner: Deferral | undefined,
  ): FieldGroup {
    const left = all.filter((node) => !removed.has(node));
    const nodes = left.length > 0 ? left : all;
    const below = nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []));
    const [first, ...others] = nodes as [FieldNode, ...FieldNode[]];
    const name = first.name.value;
    return {
      key,
      dataKey: clientNames.toTravel(first),
      name,
      nodes: [first, ...others],
      removal: left.length > 0 ? undefined : removed.get(first),
      collect: collectorOf(below, owner),
    };
  }

  /** The outermost of those that ask for the field on the way down to this one. */
  function ownerOf(deferral: Deferral | undefined, asking: ReadonlySet<Deferral | undefined>) {
    let owner = deferral;
    for (let around = deferral; around; around = around.parent)
      if (asking.has(around.parent)) owner = around.parent;
    return owner;
  }

  /** @param context What the object itself comes with. */
  function collectorOf(sets: readonly SelectionSetNode[], context: Deferral | undefined) {
    const byType = new Map<string, Groups>();
    return (typename: string): Groups => {
      const known = byType.get(typename);
      if (known) return known;
      const found = new Map<string, Asked[]>();
      for (const set of sets) walk(set, typename, context, found);
      const byOwner = new Map<Deferral | undefined, FieldGroup[]>([[context, []]]);
      for (const [key, all] of found) {
        const asking = new Set(all.map(({ deferral }) => deferral));
        const owned = new Map<Deferral | undefined, FieldNode[]>();
        for (const { node, deferral } of all) {
          const owner = ownerOf(deferral, asking);
          owned.set(owner, [...(owned.get(owner) ?? []), node]);
        }
        for (const [owner, nodes] of owned) {
          const groups = byOwner.get(owner) ?? [];
          byOwner.set(owner, groups);
          groups.push(groupOf(key, nodes, owner));
        }
      }
      const groups = byOwner.get(context) ?? [];
      byOwner.delete(context);
      byType.set(typename, groups);
      const deferred = new Map<Deferral, FieldGroup[]>();
      for (const [deferral, own] of byOwner) if (deferral) deferred.set(deferral, own);
      beside.set(groups, besideContext(deferred, context));
      return groups;
    };
  }

  /** Of the deferred fragments those right inside; the others are beside these. */
  function besideContext(
    deferred: ReadonlyMap<Deferral, Groups>,
    context: Deferral | undefined,
  ): readonly DeferredGroups[] {
    const isRightInside = (deferral: Deferral): boolean => {
      for (let around = deferral.parent; around !== context; around = around?.parent) {
        if (!around) return true;
        if (deferred.has(around)) return false;
      }
      return true;
    };
    const inside = (outer: Deferral, inner: Deferral): boolean => {
      for (let around = inner.parent; around; around = around.parent)
        if (around === outer) return true;
      return false;
    };
    return [...deferred].flatMap(([deferral, groups]): DeferredGroups[] => {
      if (!isRightInside(deferral)) return [];
      const within = new Map([...deferred].filter(([inner]) => inside(deferral, inner)));
      beside.set(groups, besideContext(within, deferral));
      return [{ deferral, groups }];
    });
  }

  return {
    collect: collectorOf([root], undefined),
    deferredBeside: (groups) => beside.get(groups) ?? [],
  };
}
