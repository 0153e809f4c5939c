/**
 * At most so many calls a second to one subgraph, with a burst above it: what a partner has agreed to
 * bear, and what its answers may cost this process. A token bucket (Turner, "New directions in
 * communications", 1986): it fills by time, and a call takes one. Counted in each gateway by itself.
 */
import type { Clock } from "../../platform/clock.ts";
import { overloaded } from "./failure.ts";
import type { FetchObserver } from "./observer.ts";
import type { SubgraphWrapper } from "./subgraph-fetch.ts";

export type RateOptions = {
  readonly perSecond: number;
  /** Calls that may come at once after a pause. */
  readonly burst: number;
};

type Deps = { readonly subgraph: string; readonly clock: Clock; readonly observe: FetchObserver };

/** @throws SubgraphFailure SUBGRAPH_OVERLOADED at once: who waits would only make the next one wait. */
export function createRate({ perSecond, burst }: RateOptions, deps: Deps): SubgraphWrapper {
  const { subgraph, clock, observe } = deps;
  let tokens = burst;
  let filledMs = clock();

  function take(): boolean {
    const nowMs = clock();
    // A clock that was set back fills nothing.
    const passedMs = Math.max(0, nowMs - filledMs);
    filledMs = nowMs;
    tokens = Math.min(burst, tokens + (passedMs / 1_000) * perSecond);
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  return (send) => (call, context) => {
    if (take()) return send(call, context);
    observe({ type: "overloaded", subgraph });
    return Promise.reject(overloaded(subgraph));
  };
}
