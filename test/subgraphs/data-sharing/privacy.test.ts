import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { discreteLaplace, marginOf } from "../../../subgraphs/data-sharing/discrete-laplace.ts";
import {
  type Cell,
  protectCounts,
  sumsOf,
} from "../../../subgraphs/data-sharing/small-counts.rules.ts";

const k = 10;

/** Cells of a table of records per person, with all totals, as the database counts them. */
function cellsOf(
  records: readonly (readonly [person: number, row: number, column: number])[],
): Cell[] {
  const cells = new Map<string, { records: number; persons: Set<number> }>();
  for (const [person, row, column] of records) {
    for (const keys of [
      [`${row}`, `${column}`],
      [`${row}`, null],
      [null, `${column}`],
      [null, null],
    ]) {
      const cell = cells.get(JSON.stringify(keys)) ?? { records: 0, persons: new Set() };
      cell.records += 1;
      cell.persons.add(person);
      cells.set(JSON.stringify(keys), cell);
    }
  }
  return [...cells].map(([keys, cell]) => ({
    keys: JSON.parse(keys),
    records: cell.records,
    persons: cell.persons.size,
  }));
}

/** By brute force: what a reader learns who solves every sum with one unknown, again and again. */
function subtract(cells: readonly Cell[], counts: readonly (number | null)[]): (number | null)[] {
  const known = [...counts];
  for (let learned = true; learned;) {
    learned = false;
    for (const { total, parts } of sumsOf(cells)) {
      const unknown = [total, ...parts].filter((index) => known[index] === null);
      if (unknown.length !== 1) continue;
      const [index] = unknown as [number];
      const sum = parts
        .filter((part) => part !== index)
        .reduce((all, part) => all + known[part]!, 0);
      known[index] = index === total ? sum : known[total]! - sum;
      learned = true;
    }
  }
  return known;
}

/** Whether counts of hidden cells could be others while all that is shown stays: a move of one unit. */
function canMove(cells: readonly Cell[], hidden: ReadonlySet<number>, start: number): boolean {
  const sums = sumsOf(cells);
  const unknowns = [...hidden];
  // Rank of the sums with and without a column: a determined unknown raises the rank by its own row.
  const matrix = sums.map(({ total, parts }) =>
    unknowns.map((index) => (parts.includes(index) ? 1 : index === total ? -1 : 0)),
  );
  const unit = unknowns.map((index) => (index === start ? 1 : 0));
  return rankOf([...matrix, unit]) > rankOf(matrix);
}

function rankOf(matrix: readonly (readonly number[])[]): number {
  const rows = matrix.map((row) => [...row]);
  let rank = 0;
  for (let column = 0; column < (rows[0]?.length ?? 0); column += 1) {
    const pivot = rows.findIndex((row, index) => index >= rank && Math.abs(row[column]!) > 1e-9);
    if (pivot < 0) continue;
    [rows[rank], rows[pivot]] = [rows[pivot]!, rows[rank]!];
    const top = rows[rank]!;
    for (let index = rank + 1; index < rows.length; index += 1) {
      const factor = rows[index]![column]! / top[column]!;
      rows[index] = rows[index]!.map((value, at) => value - factor * top[at]!);
    }
    rank += 1;
  }
  return rank;
}

const table = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 60 }),
    fc.integer({ min: 0, max: 4 }),
    fc.integer({ min: 0, max: 3 }),
  ),
  { minLength: 1, maxLength: 400 },
);

describe("counts of small groups", () => {
  test("shows everything when no group is small", () => {
    const records = Array.from({ length: 40 }, (_, index) => [index, index % 2, 0] as const);
    expect(protectCounts(cellsOf(records), k).every(({ count }) => count !== null)).toBe(true);
  });

  test("keeps back a small count and a second one, so that the total gives nothing away", () => {
    const records = [
      ...Array.from({ length: 30 }, (_, index) => [index, 0, 0] as const),
      ...Array.from({ length: 20 }, (_, index) => [index, 1, 0] as const),
      ...Array.from({ length: 3 }, (_, index) => [index, 2, 0] as const),
    ];
    const shown = protectCounts(
      cellsOf(records)
        .filter(({ keys }) => keys[1] === null)
        .map((cell) => ({ ...cell, keys: [cell.keys[0]!] })),
      k,
    );
    expect(Object.fromEntries(shown.map(({ keys, count }) => [String(keys[0]), count]))).toEqual({
      0: 30,
      1: null,
      2: null,
      null: 53,
    });
  });

  test("shows no count of fewer persons than k, and none that sums determine", () => {
    fc.assert(
      fc.property(table, (records) => {
        const cells = cellsOf(records);
        const shown = protectCounts(cells, k);
        const hidden = new Set(
          shown.flatMap(({ count }, index) => (count === null ? [index] : [])),
        );
        const small = cells.flatMap(({ persons }, index) => (persons < k ? [index] : []));
        expect(small.filter((index) => !hidden.has(index))).toEqual([]);
        const known = subtract(
          cells,
          shown.map(({ count }) => count),
        );
        for (const index of hidden) {
          expect(known[index]).toBeNull();
          expect(canMove(cells, hidden, index)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("never lets the kept-back counts of one sum be of small groups alone, beside a total that is shown", () => {
    fc.assert(
      fc.property(table, (records) => {
        const cells = cellsOf(records);
        const shown = protectCounts(cells, k);
        for (const { total, parts } of sumsOf(cells)) {
          const kept = [total, ...parts].filter((index) => shown[index]!.count === null);
          const isSafe = kept.length === 0 || kept.some((index) => cells[index]!.persons >= k);
          const isAllKept = kept.length === parts.length + 1;
          expect(isSafe || isAllKept).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("noise", () => {
  const samples = 60_000;
  const sample = (center: number, milliEpsilon: number, sensitivity = 1) => {
    const counts = new Map<number, number>();
    for (let index = 0; index < samples; index += 1) {
      const value = center + discreteLaplace({ milliEpsilon, sensitivity });
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return counts;
  };

  test.each([
    [1_000, 1],
    [500, 1],
    [1_000, 3],
  ])(
    "has the discrete Laplace distribution (%d thousandths, sensitivity %d)",
    (milliEpsilon, sensitivity) => {
      const ratio = Math.exp(-milliEpsilon / 1_000 / sensitivity);
      const counts = sample(0, milliEpsilon, sensitivity);
      let chiSquare = 0;
      let cells = 0;
      for (let value = -40; value <= 40; value += 1) {
        const expected = (samples * (1 - ratio) * ratio ** Math.abs(value)) / (1 + ratio);
        if (expected < 20) continue;
        chiSquare += ((counts.get(value) ?? 0) - expected) ** 2 / expected;
        cells += 1;
      }
      // Six standard deviations above the mean: false alarms are rarer than one in ten million.
      expect(chiSquare).toBeLessThan(cells + 6 * Math.sqrt(2 * cells) + 18);
    },
  );

  test.each([1_000, 500])(
    "keeps its claim: two neighbouring figures are told apart by no more than epsilon (%d thousandths)",
    (milliEpsilon) => {
      const bound = Math.exp(milliEpsilon / 1_000);
      const [one, other] = [sample(100, milliEpsilon), sample(101, milliEpsilon)];
      for (const [first, second] of [
        [one, other],
        [other, one],
      ] as const) {
        for (let value = 90; value <= 111; value += 1) {
          const [a, b] = [first.get(value) ?? 0, second.get(value) ?? 0];
          // Six standard deviations of the difference a - bound * b.
          const slack = 6 * Math.sqrt(a + bound ** 2 * b + 1);
          expect(a).toBeLessThanOrEqual(bound * b + slack);
        }
      }
    },
  );

  test("would be found out if it claimed less than it gives away", () => {
    const [one, other] = [sample(100, 1_000), sample(101, 1_000)];
    const claimed = Math.exp(0.5);
    const exceeds = [...one].some(([value, a]) => {
      const b = other.get(value) ?? 0;
      return a > claimed * b + 6 * Math.sqrt(a + claimed ** 2 * b + 1);
    });
    expect(exceeds).toBe(true);
  });

  test("lies within the told margin in 95 of 100 cases", () => {
    for (const milliEpsilon of [200, 1_000]) {
      const margin = marginOf({ milliEpsilon, sensitivity: 1 });
      const within = [...sample(0, milliEpsilon)]
        .filter(([value]) => Math.abs(value) <= margin)
        .reduce((sum, [, count]) => sum + count, 0);
      expect(within / samples).toBeGreaterThan(0.945);
    }
  });
});
