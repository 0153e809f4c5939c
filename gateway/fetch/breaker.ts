/**
 * Circuit breaker of one subgraph: when too many of its recent calls failed or were slow, calls fail at
 * once instead of waiting, and after a pause a few probes decide whether it serves again. Counts over a
 * sliding window, as resilience4j does, and in a row, as Envoy's outlier detection does: a window full of
 * good calls must not keep a subgraph asked that has just gone. A client that hangs up says nothing about it.
 */
import type { Clock } from "../../platform/clock.ts";
import { isJson } from "./answer-text.ts";
import { createCallWindow } from "./call-window.ts";
import { CircuitOpen } from "./failure.ts";
import type { BreakerState, FetchObserver } from "./observer.ts";
import { type SubgraphAnswer, SubgraphFailure, type SubgraphWrapper } from "./subgraph-fetch.ts";

export type BreakerOptions = {
  readonly windowMs: number;
  /** With fewer calls in the window nothing is concluded. */
  readonly minCalls: number;
  readonly failureRatio: number;
  /** That many failures without an answer between them open it, whatever the window holds. */
  readonly failuresInARow: number;
  /** A call that took this long counts as slow. */
  readonly slowCallMs: number;
  readonly slowRatio: number;
  /** How long it fails at once before the first probes. */
  readonly openMs: number;
  /** That many must succeed in a row, and at most that many run at a time. */
  readonly probes: number;
};

type Deps = { readonly subgraph: string; readonly clock: Clock; readonly observe: FetchObserver };
type Verdict = "good" | "failed" | "slow" | "unknown";

const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

/** A 500 with a GraphQL answer is one operation's trouble, not the subgraph's. */
const isOutage = ({ status, contentType }: SubgraphAnswer): boolean =>
  gatewayStatuses.has(status) ||
  (status >= 500 && !(contentType !== undefined && isJson(contentType)));

/** @throws SubgraphFailure SUBGRAPH_UNAVAILABLE, without trying. */
export function createBreaker(options: BreakerOptions, deps: Deps): SubgraphWrapper {
  const { minCalls, failureRatio, failuresInARow, slowCallMs, slowRatio, openMs, probes } = options;
  const { subgraph, clock, observe } = deps;
  const window = createCallWindow(options.windowMs);
  let state: BreakerState = "closed";
  let openUntilMs = 0;
  let probing = 0;
  let succeeded = 0;
  let failedInARow = 0;
  /** Calls that began before a change of state have no say after it. */
  let era = 0;

  function enter(next: BreakerState): void {
    state = next;
    era += 1;
    probing = 0;
    succeeded = 0;
    failedInARow = 0;
    window.clear();
    if (next === "open") openUntilMs = clock() + openMs;
    observe({ type: "breaker", subgraph, state });
  }

  function note(verdict: Verdict, begun: number): void {
    if (begun !== era) return;
    if (state === "half-open") {
      probing -= 1;
      if (verdict === "good") succeeded += 1;
      if (verdict === "failed" || verdict === "slow") enter("open");
      else if (succeeded >= probes) enter("closed");
      return;
    }
    if (verdict === "unknown") return;
    const nowMs = clock();
    window.add(nowMs, verdict);
    if (verdict === "good") {
      failedInARow = 0;
      return;
    }
    if (verdict === "failed") failedInARow += 1;
    if (failedInARow >= failuresInARow) {
      enter("open");
      return;
    }
    const { calls, failures, slow } = window.counts(nowMs);
    if (calls < minCalls) return;
    if (failures / calls >= failureRatio || slow / calls >= slowRatio) enter("open");
  }

  function judgeFailure(error: unknown, left: boolean, tookMs: number): Verdict {
    if (left || !(error instanceof SubgraphFailure)) return "unknown";
    switch (error.code) {
      case "SUBGRAPH_UNAVAILABLE":
      case "SUBGRAPH_INVALID_RESPONSE":
        return "failed";
      case "SUBGRAPH_TIMEOUT":
        // With little time left for it, being late is not the subgraph's fault.
        return tookMs >= slowCallMs ? "failed" : "unknown";
      default:
        return "unknown";
    }
  }

  return (send) => (call, context) => {
    if (state === "open" && clock() >= openUntilMs) enter("half-open");
    if (state === "open" || (state === "half-open" && probing + succeeded >= probes)) {
      return Promise.reject(new CircuitOpen(subgraph));
    }
    if (state === "half-open") probing += 1;
    const begun = era;
    const startMs = clock();
    return send(call, context).then(
      (answer) => {
        const slow = answer.durationMs >= slowCallMs ? "slow" : "good";
        note(isOutage(answer) ? "failed" : slow, begun);
        return answer;
      },
      (error: unknown) => {
        note(judgeFailure(error, context.signal.aborted, clock() - startMs), begun);
        throw error;
      },
    );
  };
}
