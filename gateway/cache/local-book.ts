/**
 * The book of a gateway that runs alone, without Redis: the same rules, in this process's memory.
 * Whatever it invalidates is obeyed by the next read.
 */
import { randomUUID } from "node:crypto";
import { checkTag, type InvalidationBook } from "./invalidation-book.ts";
import { createMirror } from "./mirror.ts";

export type LocalBookOptions = {
  /** Invalidated tags that are remembered one by one; beyond, older entries are not believed. */
  readonly maxTags?: number;
};

export function createLocalBook(options: LocalBookOptions = {}): InvalidationBook {
  const { maxTags = 100_000 } = options;
  const mirror = createMirror();
  mirror.begin(randomUUID(), 0);
  let last = 0;
  return {
    boundMs: 0,
    verify: () => true,
    stamp: mirror.stamp,
    isValid: mirror.isValid,
    async invalidate(tags) {
      for (const tag of tags.map(checkTag)) {
        last += 1;
        mirror.put(tag, last);
      }
      mirror.knowUpTo(last);
      // Numbers are given one by one, so the newest `maxTags` tags are all above this one.
      if (mirror.size() > maxTags) mirror.raiseFloor(last - maxTags);
      return { kind: "everywhere" };
    },
    close: async () => {},
  };
}
