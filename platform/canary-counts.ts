/**
 * What gateways count of a candidate and of what is live beside it, and report to the registry: requests,
 * those that were answered with errors, and how long they took, in buckets that both sides know.
 */

/** Upper bounds in milliseconds, each included; what took longer is in a last bucket of its own. */
export const latencyBoundsMs = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000,
] as const;

/** `marked` asked for the candidate by its header: tests of people, not compared. */
export const canaryLanes = ["live", "candidate", "marked"] as const;
export type CanaryLane = (typeof canaryLanes)[number];

export type LaneCounts = {
  readonly requests: number;
  /** Refused, or answered with at least one error. */
  readonly errors: number;
  /** Requests by bucket of latency: one more than there are bounds. */
  readonly buckets: readonly number[];
};

export type CanaryCounts = Readonly<Record<CanaryLane, LaneCounts>>;

export const noCounts: LaneCounts = {
  requests: 0,
  errors: 0,
  buckets: [...latencyBoundsMs, Number.POSITIVE_INFINITY].map(() => 0),
};

export function bucketOf(durationMs: number): number {
  const index = latencyBoundsMs.findIndex((bound) => durationMs <= bound);
  return index === -1 ? latencyBoundsMs.length : index;
}

export const addCounts = (one: LaneCounts, other: LaneCounts): LaneCounts => ({
  requests: one.requests + other.requests,
  errors: one.errors + other.errors,
  buckets: noCounts.buckets.map(
    (_none, index) => (one.buckets[index] ?? 0) + (other.buckets[index] ?? 0),
  ),
});

/**
 * @param share 0 to 1.
 * @returns milliseconds that this share of the requests took at most, taken as even within a bucket;
 * undefined without requests. What is over the last bound counts as the last bound.
 */
export function latencyAt({ buckets }: LaneCounts, share: number): number | undefined {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let left = share * total;
  for (const [index, count] of buckets.entries()) {
    const upper = latencyBoundsMs[index] ?? latencyBoundsMs.at(-1) ?? 0;
    const lower = latencyBoundsMs[index - 1] ?? 0;
    if (left <= count && count > 0) return lower + (upper - lower) * (left / count);
    left -= count;
  }
  return latencyBoundsMs.at(-1);
}
