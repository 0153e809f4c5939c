/**
 * The deferred fragments of an operation, and which fields may come with each. A field that is asked for outside
 * of a deferred fragment, too, comes with what is outside: nothing is told twice on one way down. Types are
 * not looked at here: what may come with two is counted with both, so that nothing is told too early.
 */
import { type FragmentDefinitionNode, Kind, type SelectionSetNode } from "graphql";
import type { ClientNames } from "../plan/client-names.ts";
import { deferOf, type FragmentSelection } from "../operation/defer-directive.ts";

/** A deferred fragment; undefined in place of one: what comes at once. */
export type Deferral = {
  readonly label: string | undefined;
  /** The deferred fragment around it. */
  readonly parent: Deferral | undefined;
  /** Paths of the fields that may come with it, as they travel: `agency.services`. */
  readonly fields: Set<string>;
};

export type Deferrals = {
  /** Of what comes at once. */
  readonly fields: ReadonlySet<string>;
  /** Of a fragment in what belongs to `parent`: `parent` itself when it is not deferred. */
  readonly of: (fragment: FragmentSelection, parent: Deferral | undefined) => Deferral | undefined;
};

export type DeferralsOptions = {
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly clientNames: ClientNames;
};

export function readDeferrals(
  root: SelectionSetNode,
  { fragments, variables, clientNames }: DeferralsOptions,
): Deferrals {
  const atOnce = new Set<string>();
  const known = new Map<Deferral | undefined, Map<FragmentSelection, Deferral>>();

  function of(fragment: FragmentSelection, parent: Deferral | undefined): Deferral | undefined {
    const found = known.get(parent)?.get(fragment);
    if (found) return found;
    const defer = deferOf(fragment, variables);
    if (!defer) return parent;
    const made = { label: defer.label, parent, fields: new Set<string>() };
    known.set(parent, (known.get(parent) ?? new Map()).set(fragment, made));
    return made;
  }

  const fieldsOf = (deferral: Deferral | undefined): Set<string> => deferral?.fields ?? atOnce;

  /** Itself, and those around it that ask for the field, too. */
  function ownersOf(path: string, deferral: Deferral | undefined): (Deferral | undefined)[] {
    const owners = [deferral];
    for (let around = deferral; around; around = around.parent)
      if (fieldsOf(around.parent).has(path)) owners.push(around.parent);
    return owners;
  }

  let count = 0;
  let visited = new Map<SelectionSetNode, Map<string, Set<Deferral | undefined>>>();
  function walk(set: SelectionSetNode, path: string, deferral: Deferral | undefined): void {
    const ofSet = visited.get(set) ?? new Map<string, Set<Deferral | undefined>>();
    visited.set(set, ofSet);
    const ofPath = ofSet.get(path) ?? new Set();
    ofSet.set(path, ofPath);
    if (ofPath.has(deferral)) return;
    ofPath.add(deferral);
    for (const selection of set.selections) {
      if (selection.kind !== Kind.FIELD) {
        const fragment =
          selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
        if (fragment) walk(fragment.selectionSet, path, of(selection, deferral));
        continue;
      }
      const key = clientNames.toTravel(selection);
      const below = path === "" ? key : `${path}.${key}`;
      for (const owner of ownersOf(below, deferral)) {
        const fields = fieldsOf(owner);
        const before = fields.size;
        fields.add(below);
        // Of an object one has to know the type, to know what is asked of it.
        if (selection.selectionSet) fields.add(`${below}.__typename`);
        count += fields.size - before;
        if (selection.selectionSet) walk(selection.selectionSet, below, owner);
      }
    }
  }

  // What one fragment adds outside may be what another asks for, too.
  do {
    count = 0;
    visited = new Map();
    walk(root, "", undefined);
  } while (count > 0);
  return { fields: atOnce, of };
}
