/**
 * Which errors of subgraphs the client is told, and where. A plan asks for more than the client did: inputs of
 * `@requires`, a field for all types of an interface (`@interfaceObject`), a field twice where an interface and its
 * type are asked apart. Enters: errors with their places in the fetched data, and the finished answer.
 * Leaves: each error once, at a place that the answer has (GraphQL specification, sections 6.4.4 and 7.1.2).
 */
import { toClient } from "../plan/client-names.ts";
import type { Program } from "../plan/program.ts";
import type { Path, ResponseError } from "./failures.ts";
import { isRecord } from "./records.ts";

/** An error at its place in the data, and the same with the client's path. */
export type LocatedError = { readonly dataPath: Path; readonly error: ResponseError };

type Sent = { readonly kind: string; readonly selections?: readonly Sent[] | undefined } & {
  readonly name?: string;
  readonly alias?: string | undefined;
};

function addNames(selections: readonly Sent[], names: Set<string>): void {
  for (const { alias, name, selections: below } of selections) {
    const key = alias ?? name;
    if (key !== undefined) names.add(key);
    if (below) addNames(below, names);
  }
}

/** @returns the names under which fields are sent on to subgraphs, at any depth. */
export function inputNames(programs: readonly Program[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { steps } of programs)
    for (const { node } of steps) addNames(node.requires ?? [], names);
  return names;
}

/**
 * @returns the errors with the client's paths; what two fetches tell of one field in the same words, once, and what
 * two subgraphs tell of it that both give it, from the first: a field has failed once (section 6.4.4).
 */
export function locate(errors: readonly ResponseError[]): readonly LocatedError[] {
  const known = new Set<string>();
  const tellers = new Map<string, unknown>();
  return errors.flatMap((error) => {
    const place = JSON.stringify(error.path);
    const { subgraph } = error.extensions;
    const key = JSON.stringify([place, error.message, error.extensions]);
    const teller = tellers.get(place) ?? subgraph;
    if (known.has(key) || teller !== subgraph) return [];
    known.add(key);
    tellers.set(place, teller);
    return [{ dataPath: error.path, error: { ...error, path: error.path.map(toClient) } }];
  });
}

const childOf = (value: unknown, part: string | number): unknown => {
  if (Array.isArray(value)) return typeof part === "number" ? value[part] : undefined;
  return isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined;
};

/** Whether the data is null at the path, or below the first parts of it. */
function isNullBelow(data: unknown, path: Path, length: number): boolean {
  let value = data;
  for (const [index, part] of path.entries()) {
    value = childOf(value, part);
    if (value === null) return index >= length;
  }
  return false;
}

/**
 * @param source The fetched data; @param answer The answer's data.
 * @param inputs See inputNames.
 * @returns the error with its path cut where the answer has no such field; below a null the path stays, since the
 *   error is why it is null. Undefined when the error is of a field alone that the client did not ask for and of
 *   which nothing in the answer is made.
 */
export function tell(
  { dataPath, error }: LocatedError,
  source: unknown,
  answer: unknown,
  inputs: ReadonlySet<string>,
): ResponseError | undefined {
  let value = answer;
  for (const [index, part] of error.path.entries()) {
    if (value === null) return error;
    const child = childOf(value, part);
    if (child === undefined) {
      const isInput = inputs.has(String(dataPath[index]));
      const isOfThisAlone = isRecord(value) && isNullBelow(source, dataPath, index);
      if (isOfThisAlone && !isInput) return undefined;
      return { ...error, path: error.path.slice(0, index) };
    }
    value = child;
  }
  return error;
}

/** How many parts of the path lead to the null at or above its end; undefined when there is none. */
function nulledAt(answer: unknown, path: Path): number | undefined {
  let value = answer;
  for (const [length, part] of path.entries()) {
    if (value === null) return length;
    value = childOf(value, part);
  }
  return value === null ? path.length : undefined;
}

/**
 * Whether an error that was made of a field that is missing says nothing new: what an error of a subgraph has nulled
 * takes with it what the same subgraph would have said of other fields.
 */
export function saysNothingNew(
  missing: ResponseError,
  answer: unknown,
  told: readonly ResponseError[],
): boolean {
  const length = nulledAt(answer, missing.path);
  if (length === undefined || length === missing.path.length) return false;
  const above = missing.path.slice(0, length);
  return told.some(({ path }) => above.every((part, index) => part === path[index]));
}
