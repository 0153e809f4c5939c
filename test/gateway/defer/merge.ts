/** What a client makes of an answer in parts: the whole, by either format's rules. */
import type { DeferredExecution, DeferredPart } from "../../../gateway/defer/execute-deferred.ts";

type Data = any;

/** Parts are merged as deep as they go: by keys, and lists by their places. */
export function mergeDeep(before: Data, after: Data): Data {
  if (Array.isArray(before) && Array.isArray(after))
    return before.map((item, index) => (index in after ? mergeDeep(item, after[index]) : item));
  if (typeof before === "object" && before && typeof after === "object" && after) {
    const merged = { ...before };
    for (const [key, value] of Object.entries(after))
      merged[key] = key in merged ? mergeDeep(merged[key], value) : value;
    return merged;
  }
  return after;
}

export function mergeAt(data: Data, path: readonly (string | number)[], part: Data): Data {
  const [key, ...rest] = path;
  if (key === undefined) return mergeDeep(data, part);
  const copy = Array.isArray(data) ? [...data] : { ...data };
  copy[key] = mergeAt(data[key], rest, part);
  return copy;
}

export type Collected = {
  readonly initial: Data;
  /** Of all that was told. */
  readonly data: Data;
  readonly errors: readonly any[];
  readonly parts: readonly { part: DeferredPart; data: Data; errors: readonly any[] }[];
};

/** @throws when a part was not announced, or is told twice, or one that was announced is never told. */
export async function collect(executed: DeferredExecution): Promise<Collected> {
  const { initial } = executed;
  const open = new Set(executed.pending.map(({ id }) => id));
  let { data } = initial as { data: Data };
  const errors = [...initial.errors];
  const parts = [];
  let hasNext = open.size > 0;
  for await (const batch of executed.batches) {
    if (!hasNext) throw new Error("More came than was said.");
    for (const { part, data: told, errors: own } of batch.told) {
      if (!open.delete(part.id)) throw new Error(`The part ${part.id} was not to be expected.`);
      parts.push({ part, data: told, errors: own });
      errors.push(...own);
      if (told !== null) data = mergeAt(data, part.path, told);
    }
    for (const { id } of batch.pending) open.add(id);
    ({ hasNext } = batch);
    if (hasNext !== open.size > 0) throw new Error("hasNext is wrong.");
  }
  if (open.size > 0) throw new Error("A part was announced and never told.");
  return { initial: initial.data, data, errors, parts };
}
