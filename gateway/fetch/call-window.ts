/** Counts of calls over the last so many milliseconds, in ten buckets that are reused in turn. */
export type CallCounts = {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
};
export type CallVerdict = "good" | "failed" | "slow";

export type CallWindow = {
  readonly add: (nowMs: number, verdict: CallVerdict) => void;
  readonly counts: (nowMs: number) => CallCounts;
  readonly clear: () => void;
};

const buckets = 10;

export function createCallWindow(windowMs: number): CallWindow {
  const bucketMs = windowMs / buckets;
  const fresh = () => ({ turn: -buckets, calls: 0, failures: 0, slow: 0 });
  const ring = Array.from({ length: buckets }, fresh);
  const turnOf = (nowMs: number) => Math.floor(nowMs / bucketMs);
  return {
    add(nowMs, verdict) {
      const turn = turnOf(nowMs);
      const bucket = ring[turn % buckets];
      if (!bucket) return;
      if (bucket.turn !== turn) Object.assign(bucket, fresh(), { turn });
      bucket.calls += 1;
      if (verdict === "failed") bucket.failures += 1;
      if (verdict === "slow") bucket.slow += 1;
    },
    counts(nowMs) {
      const turn = turnOf(nowMs);
      const sum = { calls: 0, failures: 0, slow: 0 };
      for (const bucket of ring) {
        if (turn - bucket.turn >= buckets) continue;
        sum.calls += bucket.calls;
        sum.failures += bucket.failures;
        sum.slow += bucket.slow;
      }
      return sum;
    },
    clear: () => ring.forEach((bucket) => Object.assign(bucket, fresh())),
  };
}
