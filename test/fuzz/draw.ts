/** Seeded chance: the same seed makes the same supergraph, data and operation on every machine. */
export type Draw = {
  /** A whole number from 0 up to but not including `limit`. */
  readonly below: (limit: number) => number;
  /** True in `percent` of 100 cases. */
  readonly chance: (percent: number) => boolean;
  /** @throws when there is nothing to pick from. */
  readonly pick: <T>(from: readonly T[]) => T;
  readonly shuffle: <T>(from: readonly T[]) => T[];
};

/** Mulberry32 (public domain): 32 bits of state, good enough to choose test cases. */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick(from) {
      if (from.length === 0) throw new Error("There is nothing to pick from.");
      return from[below(from.length)] as (typeof from)[number];
    },
    shuffle(from) {
      const items = [...from];
      for (let index = items.length - 1; index > 0; index -= 1) {
        const other = below(index + 1);
        [items[index], items[other]] = [items[other] as never, items[index] as never];
      }
      return items;
    },
  };
}
