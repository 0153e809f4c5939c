/**
 * Counts that tell of too few persons are kept back (k-anonymity), and so is whatever would give them
 * away: totals that are published with the cells must not let a reader subtract (complementary
 * suppression). Cells, row totals, column totals and the grand total → which of them may be shown. Pure.
 *
 * Held within one table: no kept-back count follows from the shown ones by sums, and where a total is
 * shown, at least one of the kept-back counts that it sums is of k persons or more. Not held: that bounds
 * on a count are wide, nor anything across tables by different fields, which are protected each for
 * itself. Who cannot take that risk grants noisy figures alone.
 */

/** A cell; a null key stands for the total over that dimension. */
export type Cell = {
  readonly keys: readonly (string | null)[];
  readonly records: number;
  readonly persons: number;
};

export type ShownCell = {
  readonly keys: readonly (string | null)[];
  /** Records; null when the count is kept back. */
  readonly count: number | null;
};

/** Indices of cells: the total's is equal to the sum of the parts'. */
type Sum = { readonly total: number; readonly parts: readonly number[] };

const keyOf = (keys: readonly (string | null)[]): string => JSON.stringify(keys);

/** Every total with the cells that it sums, along each dimension that it sums over. */
export function sumsOf(cells: readonly Cell[]): readonly Sum[] {
  const totals = new Map(cells.map(({ keys }, index) => [keyOf(keys), index]));
  const parts = new Map<string, number[]>();
  for (const [index, { keys }] of cells.entries()) {
    for (const [dimension, key] of keys.entries()) {
      if (key === null) continue;
      const total = totals.get(keyOf(keys.with(dimension, null)));
      if (total === undefined) continue;
      const sum = `${total}/${dimension}`;
      parts.set(sum, [...(parts.get(sum) ?? []), index]);
    }
  }
  return [...parts].map(([sum, indices]) => ({ total: Number.parseInt(sum, 10), parts: indices }));
}

/** Unknowns that linear equations determine: Gauss-Jordan elimination, then rows of one unknown. */
function determined(sums: readonly Sum[], hidden: ReadonlySet<number>): number | undefined {
  const rows = sums.map(({ total, parts }) => {
    const row = new Map<number, number>();
    for (const part of parts) if (hidden.has(part)) row.set(part, 1);
    if (hidden.has(total)) row.set(total, -1);
    return row;
  });
  const reduced: { readonly pivot: number; readonly row: Map<number, number> }[] = [];
  const subtract = (row: Map<number, number>, by: Map<number, number>, factor: number): void => {
    for (const [unknown, value] of by) {
      const left = (row.get(unknown) ?? 0) - factor * value;
      if (Math.abs(left) < 1e-9) row.delete(unknown);
      else row.set(unknown, left);
    }
  };
  for (const row of rows) {
    for (const { pivot, row: other } of reduced) subtract(row, other, row.get(pivot) ?? 0);
    const first = row.entries().next().value;
    if (!first) continue;
    const [pivot, value] = first;
    for (const [unknown, other] of row) row.set(unknown, other / value);
    for (const { row: other } of reduced) subtract(other, row, other.get(pivot) ?? 0);
    reduced.push({ pivot, row });
  }
  return reduced.find(({ row }) => row.size === 1)?.pivot;
}

/** The cell of at least k persons with the fewest records: what is lost least by keeping it back. */
function choose(
  cells: readonly Cell[],
  hidden: ReadonlySet<number>,
  candidates: readonly number[],
  k: number,
): number | undefined {
  const open = candidates.filter(
    (index) => !hidden.has(index) && (cells[index] as Cell).persons >= k,
  );
  return open.sort((a, b) => (cells[a] as Cell).records - (cells[b] as Cell).records)[0];
}

function unprotected(
  cells: readonly Cell[],
  hidden: ReadonlySet<number>,
  { total, parts }: Sum,
  k: number,
): boolean {
  const kept = [...parts, total].filter((index) => hidden.has(index));
  if (kept.length === 0) return false;
  return kept.length === 1 || kept.every((index) => (cells[index] as Cell).persons < k);
}

/**
 * @param cells All cells that are not empty, with all totals.
 * @param k The least number of persons whose count is shown.
 */
export function protectCounts(cells: readonly Cell[], k: number): readonly ShownCell[] {
  const sums = sumsOf(cells);
  const hidden = new Set<number>();
  for (const [index, { persons }] of cells.entries()) {
    if (persons > 0 && persons < k) hidden.add(index);
  }
  for (;;) {
    const before = hidden.size;
    for (const sum of sums) {
      if (!unprotected(cells, hidden, sum, k)) continue;
      const more = choose(cells, hidden, sum.parts, k) ?? choose(cells, hidden, [sum.total], k);
      if (more !== undefined) hidden.add(more);
    }
    if (hidden.size > before) continue;
    const known = determined(sums, hidden);
    if (known === undefined) break;
    const around = sums.filter(({ total, parts }) => total === known || parts.includes(known));
    const more =
      choose(
        cells,
        hidden,
        around.flatMap(({ parts }) => parts),
        k,
      ) ??
      choose(
        cells,
        hidden,
        around.map(({ total }) => total),
        k,
      ) ??
      choose(cells, hidden, [...cells.keys()], k);
    // Everything that could be kept back is: then nothing is left to subtract from.
    if (more === undefined) break;
    hidden.add(more);
  }
  return cells.map(({ keys, records }, index) => ({
    keys,
    count: hidden.has(index) ? null : records,
  }));
}
