/**
 * A candidate against what is live, by what gateways counted of both in the same time: worse when errors
 * rose or answers slowed by more than what is allowed, and nothing before there are enough requests of both.
 */
import { type CanaryCounts, latencyAt, type LaneCounts } from "../../platform/canary-counts.ts";

export type VerdictRules = {
  /** Of each of the two, before anything is said. */
  readonly minRequests: number;
  /** Percentage points by which the share of answers with errors may rise. */
  readonly errorRisePoints: number;
  /** How many times as long the 95th percentile may take; a rise below 10 ms is no rise. */
  readonly slowdown: number;
};

export type Verdict = {
  readonly kind: "too few requests" | "as good" | "more errors" | "slower";
  readonly message: string;
};

const leastSlowdownMs = 10;
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

export const errorShare = ({ requests, errors }: LaneCounts): number =>
  requests === 0 ? 0 : errors / requests;

export function judge({ live, candidate }: CanaryCounts, rules: VerdictRules): Verdict {
  const { minRequests, errorRisePoints, slowdown } = rules;
  const fewest = Math.min(live.requests, candidate.requests);
  if (fewest < minRequests) {
    const message = `${candidate.requests} requests of the candidate and ${live.requests} of what is live: ${minRequests} of each are needed.`;
    return { kind: "too few requests", message };
  }
  const errors = [errorShare(candidate), errorShare(live)] as const;
  const told = `Errors: ${percent(errors[0])} of the candidate's answers, ${percent(errors[1])} of the live ones.`;
  if ((errors[0] - errors[1]) * 100 > errorRisePoints)
    return { kind: "more errors", message: told };
  const [p95, liveP95] = [latencyAt(candidate, 0.95) ?? 0, latencyAt(live, 0.95) ?? 0];
  const latency = `95 % within ${p95.toFixed(1)} ms, live ${liveP95.toFixed(1)} ms.`;
  const isSlower = p95 > liveP95 * slowdown && p95 - liveP95 > leastSlowdownMs;
  return { kind: isSlower ? "slower" : "as good", message: `${told} ${latency}` };
}
