/**
 * Which steps of a program give certain fields. Enters: a program, and the paths of fields as they travel. Leaves:
 * the indexes of the steps that ask a subgraph for one of them, and of all that these follow. When they have
 * ended, all that will ever be known of the fields is there.
 */
import { Kind, parse, type SelectionSetNode } from "graphql";
import type { Place } from "../plan/place.ts";
import type { Program, Step } from "../plan/program.ts";

function pathOf(place: Place): readonly string[] {
  return place.parent ? [...pathOf(place.parent), place.key] : [];
}

const given = new WeakMap<Step, readonly string[]>();

/** Paths of the fields that a step asks for, from the root of the data on. */
function fieldsOf(step: Step): readonly string[] {
  const known = given.get(step);
  if (known) return known;
  const fields: string[] = [];
  function walk(set: SelectionSetNode, path: readonly string[]): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, path);
        continue;
      }
      const below = [...path, selection.alias?.value ?? selection.name.value];
      fields.push(below.join("."));
      if (selection.selectionSet) walk(selection.selectionSet, below);
    }
  }
  const [operation] = parse(step.node.operation, { noLocation: true }).definitions;
  if (operation?.kind === Kind.OPERATION_DEFINITION) {
    const { selectionSet } = operation;
    if (step.kind === "root") walk(selectionSet, []);
    else
      for (const selection of selectionSet.selections)
        if (selection.kind === Kind.FIELD && selection.selectionSet)
          walk(selection.selectionSet, pathOf(step.place));
  }
  given.set(step, fields);
  return fields;
}

export function neededSteps({ steps }: Program, fields: ReadonlySet<string>): ReadonlySet<number> {
  const needed = new Set<number>();
  function add(index: number): void {
    if (needed.has(index)) return;
    needed.add(index);
    for (const earlier of steps[index]?.after ?? []) add(earlier);
  }
  for (const step of steps) {
    // What is renamed when it has come could be any field.
    const isRenamed = (step.node.outputRewrites?.length ?? 0) > 0;
    if (isRenamed || fieldsOf(step).some((field) => fields.has(field))) add(step.index);
  }
  return needed;
}
