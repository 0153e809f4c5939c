/** What counts as most used, whatever was asked when. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMostUsed } from "../../../gateway/warming/most-used.ts";

const queryOf = (index: number) => `{ q${index} }`;

describe("the most used operations", () => {
  test("are in the order of their uses, each halved once a half-life", () => {
    const halfLifeMs = 1_000;
    const uses = fc.array(fc.record({ query: fc.nat(5), atMs: fc.nat(50_000) }), { minLength: 1 });
    fc.assert(
      fc.property(uses, (all) => {
        let nowMs = 0;
        const { note, top } = createMostUsed(() => nowMs, { halfLifeMs });
        const sums = new Map<string, number>();
        const endMs = 50_000;
        for (const { query, atMs } of all.toSorted((one, other) => one.atMs - other.atMs)) {
          nowMs = atMs;
          note({ query: queryOf(query) });
          const weight = 2 ** ((atMs - endMs) / halfLifeMs);
          sums.set(queryOf(query), (sums.get(queryOf(query)) ?? 0) + weight);
        }
        const given = top(10).map(({ query }) => sums.get(query) ?? 0);
        expect(given.length).toBe(sums.size);
        for (const [index, sum] of given.entries())
          // Equal but for rounding.
          expect(sum).toBeLessThanOrEqual((given[index - 1] ?? Infinity) * (1 + 1e-9));
      }),
    );
  });

  test("are the same for every number of years since the clock's beginning", () => {
    let nowMs = 100 * 365 * 24 * 3_600_000;
    const { note, top } = createMostUsed(() => nowMs, { halfLifeMs: 1_000 });
    for (let times = 0; times < 3; times += 1) note({ query: "{ often }" });
    nowMs += 500;
    note({ query: "{ once }" });
    expect(top(2).map(({ query }) => query)).toEqual(["{ often }", "{ once }"]);
    expect(top(1)).toHaveLength(1);
  });

  test("are told apart by variables and the operation's name", () => {
    const { note, top } = createMostUsed(Date.now);
    note({ query: "{ a }", variables: { x: 1 } });
    note({ query: "{ a }", variables: { x: 2 } });
    note({ query: "{ a }", operationName: "A" });
    expect(top(10)).toHaveLength(3);
  });

  test("take up what others have counted, and not twice", () => {
    const one = createMostUsed(() => 0);
    const other = createMostUsed(() => 0);
    for (let times = 0; times < 4; times += 1) one.note({ query: "{ a }" });
    other.note({ query: "{ b }" });
    for (let times = 0; times < 9; times += 1) other.merge(one.top(10));
    expect(other.top(10).map(({ query }) => query)).toEqual(["{ a }", "{ b }"]);
    expect(other.top(1)).toEqual(one.top(1));
  });

  test("are forgotten before they take too much room", () => {
    const { note, top } = createMostUsed(Date.now, { most: 3 });
    note({ query: `{ ${"a".repeat(30_000)} }` });
    expect(top(10)).toEqual([]);
    for (let index = 0; index < 5; index += 1) note({ query: queryOf(index) });
    expect(top(10).length).toBe(3);
  });
});
