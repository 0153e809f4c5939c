/**
 * What one operation's answer was made of, gathered while it is made: how long it may be used and by
 * whom, under which tags it can be invalidated, and which of its parts are older than they should be.
 */
import { type Freshness, mergeFreshness } from "../cache/freshness.ts";

export type StalePart = {
  readonly subgraph: string;
  readonly type: string;
  readonly ageSeconds: number;
};

export type AnswerRecord = {
  /** A part of the answer. @param freshness Undefined: the part must not be stored, so the whole must not. */
  readonly note: (freshness: Freshness | undefined, tags?: readonly string[]) => void;
  /** A part that was served although its time is over, because its subgraph does not answer. */
  readonly noteStale: (part: StalePart) => void;
  /** Undefined as well for an answer that has no part. */
  readonly freshness: () => Freshness | undefined;
  readonly tags: () => readonly string[];
  readonly stale: () => readonly StalePart[];
};

export function createAnswerRecord(): AnswerRecord {
  let merged: Freshness | undefined;
  let isStorable = true;
  const tags = new Set<string>();
  const stale = new Map<string, StalePart>();
  return {
    note(freshness, more = []) {
      if (!freshness) isStorable = false;
      if (!isStorable) return;
      merged = merged && freshness ? mergeFreshness([merged, freshness]) : freshness;
      for (const tag of more) tags.add(tag);
    },
    noteStale(part) {
      const key = `${part.subgraph} ${part.type}`;
      const known = stale.get(key);
      if (!known || known.ageSeconds < part.ageSeconds) stale.set(key, part);
    },
    freshness: () => (isStorable ? merged : undefined),
    tags: () => [...tags],
    stale: () => [...stale.values()],
  };
}
