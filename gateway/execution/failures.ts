/**
 * Why data is missing. A fetch that failed leaves a note at each object that it should have filled;
 * when the response is completed and a field turns out missing, the note becomes that field's error,
 * with the client's own path. So every null that a failure caused has its error, and nothing else has.
 */
import type { DataRecord } from "./records.ts";

export type Failure = {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
};

export type ResponseError = {
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
};

export type Failures = {
  /** Errors that came with a path of their own, already the client's. */
  readonly errors: ResponseError[];
  readonly note: (record: DataRecord, failure: Failure) => void;
  /** A subgraph was asked about this object and does not know it: what is missing is no error. */
  readonly noteUnknown: (record: DataRecord) => void;
  /** Whether something that was asked for this object did not come. */
  readonly isIncomplete: (record: DataRecord) => boolean;
  /** The first failure noted at an object. */
  readonly at: (record: DataRecord) => Failure | undefined;
};

export function createFailures(): Failures {
  const notes = new WeakMap<DataRecord, Failure>();
  const unknown = new WeakSet<DataRecord>();
  return {
    errors: [],
    note(record, failure) {
      if (!notes.has(record)) notes.set(record, failure);
    },
    noteUnknown: (record) => void unknown.add(record),
    isIncomplete: (record) => notes.has(record) || unknown.has(record),
    at: (record) => notes.get(record),
  };
}
