/**
 * What a subgraph's answer to a request of the program looks like: its keys in the order of the question,
 * and where equal objects may be one object (answer-reader.ts makes them one). They may where nothing is
 * merged into them through the different objects that hold them: where no other step asks for the same
 * place from further up. Steps that stand at the place or below give equal objects equal data, for they
 * ask with what is in them.
 */
import { Kind, type SelectionSetNode } from "graphql";
import type { Place } from "./place.ts";

export type ShapeField = {
  readonly key: string;
  /** `"key":` */
  readonly text: string;
  /** Of objects, also in lists; undefined for leaves. */
  readonly below: AnswerShape | undefined;
};

export type AnswerShape = {
  readonly fields: readonly ShapeField[];
  readonly byKey: ReadonlyMap<string, ShapeField>;
  readonly isSharable: boolean;
  /** Indexes of the program's places where the objects are. */
  readonly at: readonly number[];
  /** Indexes of the places whose objects take over what these hold. */
  readonly into: readonly number[];
};

/** A fetch of the program: what it asks for, of the objects at its place. */
export type Question = { readonly place: Place; readonly selectionSet: SelectionSetNode };

const pathOf = (place: Place): string =>
  place.parent ? `${pathOf(place.parent)}.${place.key}` : "";

/** Calls with each field, those in fragments too. No fragment has a name here (planner.ts). */
function eachField(
  { selections }: SelectionSetNode,
  tell: (key: string, below: SelectionSetNode | undefined) => void,
): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD)
      tell(selection.alias?.value ?? selection.name.value, selection.selectionSet);
    else if (selection.kind === Kind.INLINE_FRAGMENT) eachField(selection.selectionSet, tell);
  }
}

/** The paths of a question's objects. */
function objectPaths({ place, selectionSet }: Question): ReadonlySet<string> {
  const paths = new Set<string>();
  const visit = (set: SelectionSetNode, path: string): void =>
    eachField(set, (key, below) => {
      if (!below) return;
      paths.add(`${path}.${key}`);
      visit(below, `${path}.${key}`);
    });
  visit(selectionSet, pathOf(place));
  return paths;
}

/** How many of a program's questions ask for the objects at each path. */
export function countAskers(questions: readonly Question[]): ReadonlyMap<string, number> {
  const askers = new Map<string, number>();
  for (const question of questions)
    for (const path of objectPaths(question)) askers.set(path, (askers.get(path) ?? 0) + 1);
  return askers;
}

type Position = { readonly path: string; readonly place: Place | undefined };

/**
 * @param questions All the same, at the places of the steps that ask it.
 * @returns undefined for what is read the plain way: a key that is an object for one type and a leaf for another.
 */
export function shapeOf(
  questions: readonly Question[],
  askers: ReadonlyMap<string, number>,
): AnswerShape | undefined {
  let isPlain = false;

  function build(sets: readonly SelectionSetNode[], positions: readonly Position[]): AnswerShape {
    /** By key: what is asked below it; nothing below a leaf. */
    const asked = new Map<string, (SelectionSetNode | undefined)[]>();
    for (const set of sets)
      eachField(set, (key, below) => asked.set(key, [...(asked.get(key) ?? []), below]));
    // Not a name that an object may safely get.
    if (asked.has("__proto__")) isPlain = true;
    const fields = [...asked].map(([key, all]): ShapeField => {
      const under = all.filter((set) => set !== undefined);
      if (under.length > 0 && under.length < all.length) isPlain = true;
      const inner = positions.map(({ path, place }) => {
        return { path: `${path}.${key}`, place: place?.below.get(key) };
      });
      return {
        key,
        text: `${JSON.stringify(key)}:`,
        below: under.length > 0 ? build(under, inner) : undefined,
      };
    });
    return {
      fields,
      byKey: new Map(fields.map((field) => [field.key, field])),
      isSharable: positions.every(({ path }) => askers.get(path) === 1),
      at: positions.flatMap(({ place }) => (place ? [place.index] : [])),
      into: [],
    };
  }

  const [first] = questions;
  if (!first) return undefined;
  const positions = questions.map(({ place }) => ({ path: pathOf(place), place }));
  const shape = build([first.selectionSet], positions);
  if (isPlain) return undefined;
  // The objects of the answer themselves go into those that are there already.
  const isSharable = shape.fields.every(({ below }) => below?.isSharable ?? true);
  return { ...shape, isSharable, at: [], into: shape.at };
}

/** An object with these fields, which is met once. */
export const shapeAround = (parts: readonly (readonly [string, AnswerShape])[]): AnswerShape => {
  const fields = parts.map(([key, below]): ShapeField => {
    return { key, text: `${JSON.stringify(key)}:`, below };
  });
  const byKey = new Map(fields.map((field) => [field.key, field]));
  return { fields, byKey, isSharable: false, at: [], into: [] };
};
