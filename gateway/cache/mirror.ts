/**
 * One process's copy of the book: era, floor, last number, and the number of each tag. Both books
 * are built on it; it does no I/O.
 */
import { everythingTag, type Stamp } from "./invalidation-book.ts";

export type Mirror = {
  readonly stamp: () => Stamp;
  readonly isValid: (stamp: Stamp, tags: readonly string[]) => boolean;
  /** Forgets everything: another era has begun. */
  readonly begin: (era: string, floor: number) => void;
  readonly put: (tag: string, number: number) => void;
  /** Raises the floor and forgets the tags at or below it. */
  readonly raiseFloor: (floor: number) => void;
  /** Numbers up to this one are known completely. */
  readonly knowUpTo: (number: number) => void;
  readonly size: () => number;
};

export function createMirror(): Mirror {
  const numbers = new Map<string, number>();
  let era = "";
  let floor = 0;
  let last = 0;
  let allAt = 0;
  return {
    stamp: () => ({ era, asOf: last }),
    isValid: (stamp, tags) =>
      stamp.era === era &&
      era !== "" &&
      stamp.asOf >= floor &&
      stamp.asOf >= allAt &&
      tags.every((tag) => (numbers.get(tag) ?? 0) <= stamp.asOf),
    begin(newEra, newFloor) {
      numbers.clear();
      era = newEra;
      floor = newFloor;
      last = newFloor;
      allAt = 0;
    },
    put(tag, number) {
      if (tag === everythingTag) allAt = Math.max(allAt, number);
      // Newest last: raising the floor then looks only at what it removes.
      numbers.delete(tag);
      numbers.set(tag, number);
    },
    raiseFloor(newFloor) {
      if (newFloor <= floor) return;
      floor = newFloor;
      for (const [tag, number] of numbers) {
        if (number > floor) break;
        numbers.delete(tag);
      }
    },
    knowUpTo(number) {
      last = Math.max(last, number);
    },
    size: () => numbers.size,
  };
}
