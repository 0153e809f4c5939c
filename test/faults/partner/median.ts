/** The middle of a few measurements, and how well it is known. */
const inOrder = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = inOrder(values);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Where the median of all that could have been measured lies with at least 95 % confidence: between two of the
 * values, by the sign test (Conover, Practical Nonparametric Statistics, 3.2), whatever their distribution. Of fewer
 * than 6 values nothing can be said: from the least to the greatest.
 */
export function medianInterval(values: readonly number[]): readonly [number, number] {
  const sorted = inOrder(values);
  const count = sorted.length;
  // P(at most `rank` of the values lie below the median), binomial with a half.
  let rank = 0;
  let term = 0.5 ** count;
  let below = term;
  while (below <= 0.025) {
    rank += 1;
    term *= (count - rank + 1) / rank;
    below += term;
  }
  const left = Math.max(0, rank - 1);
  return [sorted[left] ?? Number.NaN, sorted[count - 1 - left] ?? Number.NaN];
}
