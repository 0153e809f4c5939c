/**
 * Why data is missing. A fetch that failed leaves a note at each object that it should have filled;
 * when the response is completed and a field turns out missing, the note becomes that field's error,
 * with the client's own path. So every null that a failure caused has its error, and nothing else has.
 * Errors that subgraphs gave a path are kept beside the object that the path begins at; where the
 * client sees that object is looked up at the end, since one object can be in many places.
 */
import { type DataRecord, isRecord } from "./records.ts";

export type Path = readonly (string | number)[];

export type Failure = {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
};

export type ResponseError = Failure & { readonly path: Path };

export type Failures = {
  /** Whether nothing at all has gone wrong. */
  readonly isEmpty: () => boolean;
  readonly note: (record: DataRecord, failure: Failure) => void;
  /** An error at a path below this object. */
  readonly noteBelow: (record: DataRecord, path: Path, failure: Failure) => void;
  /** A subgraph was asked about this object and does not know it: what is missing is no error. */
  readonly noteUnknown: (record: DataRecord) => void;
  /** Whether something that was asked for this object did not come. */
  readonly isIncomplete: (record: DataRecord) => boolean;
  /** The first failure noted at an object. */
  readonly at: (record: DataRecord) => Failure | undefined;
  /** What was noted at one object is noted at another, which takes its place. */
  readonly move: (from: DataRecord, to: DataRecord) => void;
  /** The errors that came with a path, at each place of the data where their object is. */
  readonly withPaths: (data: DataRecord) => readonly ResponseError[];
};

export function createFailures(): Failures {
  const notes = new Map<DataRecord, Failure>();
  const below = new Map<DataRecord, { readonly path: Path; readonly failure: Failure }[]>();
  const unknown = new Set<DataRecord>();

  function withPaths(data: DataRecord): readonly ResponseError[] {
    const errors: ResponseError[] = [];
    const visit = (value: unknown, path: Path): void => {
      if (Array.isArray(value)) {
        for (const [index, item] of value.entries()) visit(item, [...path, index]);
      } else if (isRecord(value)) {
        for (const { path: rest, failure } of below.get(value) ?? [])
          errors.push({ ...failure, path: [...path, ...rest] });
        for (const key of Object.keys(value)) visit(value[key], [...path, key]);
      }
    };
    if (below.size > 0) visit(data, []);
    return errors;
  }

  return {
    isEmpty: () => notes.size === 0 && below.size === 0,
    note(record, failure) {
      if (!notes.has(record)) notes.set(record, failure);
    },
    noteBelow(record, path, failure) {
      const known = below.get(record);
      if (known) known.push({ path, failure });
      else below.set(record, [{ path, failure }]);
    },
    noteUnknown: (record) => void unknown.add(record),
    isIncomplete: (record) => notes.has(record) || unknown.has(record),
    at: (record) => notes.get(record),
    move(from, to) {
      const failure = notes.get(from);
      if (failure && !notes.has(to)) notes.set(to, failure);
      const moved = below.get(from);
      if (moved) below.set(to, [...(below.get(to) ?? []), ...moved]);
      below.delete(from);
      if (unknown.has(from)) unknown.add(to);
    },
    withPaths,
  };
}
