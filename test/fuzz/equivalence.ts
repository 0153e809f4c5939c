/**
 * When a federated answer is as good as the answer of one schema.
 *
 * Without failing subgraphs (`differencesBetween`):
 * 1. The data is the same, byte for byte, keys in the same order.
 * 2. An error whose own place is null in the data (the field was allowed to be null) is there, once, with the same
 *    path and, when it has one, the same code.
 * 3. Where an error made a null above its own place, the specification leaves open which of several
 *    errors below that place are told (section 6.4.4). So there is at least one at or below it, and each
 *    that is told is at a place where the one schema would have failed too, had it looked
 *    (`possible`: the errors of the same schema with every type allowed to be null), or is a field of an object
 *    in which, at any depth, something would have: a subgraph that nulls an object takes with it
 *    the fields that did not fail, and the gateway cannot know which did. An error may also be told again of
 *    what it took with it, in the same words.
 * 4. There are no other errors.
 * 5. Without errors, the same mutations were carried out once each, in the same order.
 *
 * When subgraphs fail or send nonsense, one schema cannot say what is right. Then
 * (`liesIn`): everything that is not null is what the one schema says, and every null that
 * it does not say has an error at its place, above it or below it. Only what a subgraph has
 * computed of a damaged value (`@requires`) may differ: nobody can tell.
 */
import { computedPattern } from "./resolve.ts";

export type Path = readonly (string | number)[];

export type AnswerError = {
  readonly message?: string;
  readonly path?: Path | undefined;
  readonly extensions?: { readonly code?: unknown } | undefined;
};

export type Answer = {
  readonly data: unknown;
  readonly errors: readonly AnswerError[];
  /** Response keys of the mutations that were carried out, in their order. */
  readonly mutations?: readonly string[];
};

const keyOf = (path: Path): string => JSON.stringify(path);

function childOf(value: unknown, part: string | number): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string | number, unknown>)[part]
    : undefined;
}

/** The length of the path's beginning at which the data is null: its own length when nothing above is. */
function nulledAt(data: unknown, path: Path): number {
  let value = data;
  for (const [length, part] of path.entries()) {
    if (value === null || value === undefined) return length;
    value = childOf(value, part);
  }
  return path.length;
}

/** @returns sentences; none when they are equal. */
export function differencesBetween(
  expected: Answer,
  possible: ReadonlySet<string>,
  actual: Answer,
): readonly string[] {
  const wanted = JSON.stringify(expected.data);
  const given = JSON.stringify(actual.data);
  if (wanted !== given) return [`data: expected ${wanted}\n     but got  ${given}`];
  const differences: string[] = [];
  const told = new Map<string, AnswerError[]>();
  for (const error of actual.errors) {
    const key = keyOf(error.path ?? []);
    told.set(key, [...(told.get(key) ?? []), error]);
  }
  const own = new Set<string>();
  const mayBeTold = (path: Path) =>
    possible.has(keyOf(path)) ||
    [...possible].some((one) => one.startsWith(keyOf(path.slice(0, -1)).slice(0, -1)));
  for (const { path = [], extensions } of expected.errors) {
    const length = nulledAt(expected.data, path);
    if (length < path.length) {
      const above = path.slice(0, length);
      const isTold = actual.errors.some(({ path: one = [] }) =>
        above.every((part, index) => part === one[index]),
      );
      if (!isTold) differences.push(`no error explains the null at ${keyOf(above)}`);
      continue;
    }
    own.add(keyOf(path));
    const found = told.get(keyOf(path)) ?? [];
    if (found.length !== 1)
      differences.push(`${found.length} errors at ${keyOf(path)}, expected 1`);
    const code = extensions?.code;
    if (code !== undefined && found[0] && found[0].extensions?.code !== code)
      differences.push(
        `code ${JSON.stringify(found[0].extensions?.code)} at ${keyOf(path)}, expected ${JSON.stringify(code)}`,
      );
  }
  const causes = new Set(
    actual.errors.flatMap(({ path = [], message }) =>
      message && mayBeTold(path) ? [message] : [],
    ),
  );
  for (const { path = [], message } of actual.errors) {
    const isBelow = nulledAt(expected.data, path) < path.length;
    if (isBelow ? !mayBeTold(path) && !causes.has(message ?? "") : !own.has(keyOf(path)))
      differences.push(`an error at ${keyOf(path)}, where nothing failed`);
  }
  if (
    expected.errors.length === 0 &&
    keyOf(expected.mutations ?? []) !== keyOf(actual.mutations ?? [])
  )
    differences.push(`mutations: ${keyOf(actual.mutations ?? [])}`);
  return differences;
}

/** Both are the text of one field that was computed of others. */
function isComputedAlike(wanted: unknown, given: unknown): boolean {
  const fieldOf = (value: unknown) =>
    typeof value === "string" ? computedPattern.exec(value)?.[1] : undefined;
  return fieldOf(wanted) !== undefined && fieldOf(wanted) === fieldOf(given);
}

/** @returns sentences; none when nothing false was said and no null is silent. */
export function liesIn(expected: Answer, actual: Answer): readonly string[] {
  const lies: string[] = [];
  const isExplained = (path: Path) =>
    actual.errors.some(({ path: one = [] }) => {
      // An error of nothing in particular explains the whole alone.
      const length = one.length === 0 ? path.length : Math.min(one.length, path.length);
      return path.slice(0, length).every((part, index) => part === one[index]);
    });
  const visit = (wanted: unknown, given: unknown, path: Path): void => {
    if (given === null || given === undefined) {
      if (wanted !== null && !isExplained(path))
        lies.push(`a null without an error at ${keyOf(path)}`);
      return;
    }
    if (isComputedAlike(wanted, given)) return;
    const isSame =
      typeof given === typeof wanted &&
      Array.isArray(given) === Array.isArray(wanted) &&
      wanted !== null;
    if (!isSame || (typeof given !== "object" && given !== wanted)) {
      lies.push(`${JSON.stringify(given)} instead of ${JSON.stringify(wanted)} at ${keyOf(path)}`);
    } else if (Array.isArray(given)) {
      const all = wanted as readonly unknown[];
      if (given.length !== all.length) lies.push(`a list of another length at ${keyOf(path)}`);
      else for (const [index, item] of given.entries()) visit(all[index], item, [...path, index]);
    } else if (typeof given === "object") {
      const keys = Object.keys(wanted as object);
      if (keyOf(keys) !== keyOf(Object.keys(given))) lies.push(`other fields at ${keyOf(path)}`);
      else for (const key of keys) visit(childOf(wanted, key), childOf(given, key), [...path, key]);
    }
  };
  visit(expected.data, actual.data, []);
  return lies;
}
