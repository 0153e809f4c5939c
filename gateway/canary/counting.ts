/**
 * Counts what a candidate and what is live beside it answer, and reports it to the registry while the
 * candidate is open. What could not be reported is reported with the next.
 */
import {
  addCounts,
  bucketOf,
  type CanaryCounts,
  type CanaryLane,
  noCounts,
} from "../../platform/canary-counts.ts";
import type { Log } from "../../platform/log.ts";

export type CountingOptions = {
  /** Of the registry, without a path. */
  readonly url: string;
  readonly key: string;
  readonly candidate: number;
  /** Default: 2 000. */
  readonly everyMs?: number;
};

export type Counting = {
  readonly count: (lane: CanaryLane, isOk: boolean, durationMs: number) => void;
  /** Reports what is left. */
  readonly stop: () => Promise<void>;
};

const nothing: CanaryCounts = { live: noCounts, candidate: noCounts, marked: noCounts };
const answerTimeoutMs = 5_000;

export function startCounting(log: Log, options: CountingOptions): Counting {
  const { url, key, candidate, everyMs = 2_000 } = options;
  let counted = nothing;

  async function report(): Promise<void> {
    const sent = counted;
    if (sent === nothing) return;
    counted = nothing;
    try {
      const { candidate: candidateLane, ...lanes } = sent;
      const response = await fetch(`${url}/canary/report`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ candidate, candidateLane, ...lanes }),
        signal: AbortSignal.timeout(answerTimeoutMs),
      });
      if (!response.ok) throw new Error(`the registry answered ${response.status}`);
      await response.body?.cancel();
    } catch (error) {
      log.debug({ err: error, candidate }, "the registry did not take a canary's counts");
      const { live, candidate: own, marked } = counted;
      counted = {
        live: addCounts(live, sent.live),
        candidate: addCounts(own, sent.candidate),
        marked: addCounts(marked, sent.marked),
      };
    }
  }

  let busy = Promise.resolve();
  const send = (): Promise<void> => (busy = busy.then(report));
  const timer = setInterval(() => void send(), everyMs);
  timer.unref();

  return {
    count(lane, isOk, durationMs) {
      const buckets = noCounts.buckets.map((_none, index) =>
        index === bucketOf(durationMs) ? 1 : 0,
      );
      const one = { requests: 1, errors: isOk ? 0 : 1, buckets };
      counted = { ...counted, [lane]: addCounts(counted[lane], one) };
    },
    async stop() {
      clearInterval(timer);
      await send();
    },
  };
}
