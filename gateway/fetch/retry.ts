/**
 * Repeats a query that did not reach its subgraph, or met a proxy's 502, 503 or 504: with full jitter
 * (waits spread over the whole interval, so that gateways do not come back all at once), heeding
 * `Retry-After`, and on a budget, a share of the traffic, so that retries cannot hold a struggling
 * subgraph down. Never a mutation: whether it happened is not known.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../platform/clock.ts";
import type { RequestContext } from "../context.ts";
import { tooLate } from "./failure.ts";
import type { FetchObserver } from "./observer.ts";
import { parseRetryAfter } from "./retry-after.ts";
import {
  type SubgraphAnswer,
  type SubgraphCall,
  SubgraphFailure,
  type SubgraphWrapper,
} from "./subgraph-fetch.ts";

export type RetryOptions = {
  /** Tries after the first. */
  readonly retries: number;
  /** The first wait is between 0 and this; each further one up to twice the one before. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** Retries as a share of queries: 0.1 allows one retry for ten queries. */
  readonly budgetRatio: number;
  /** So many retries may come in a burst, and right after the start. */
  readonly budgetBurst: number;
};

type Deps = {
  readonly subgraph: string;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly observe: FetchObserver;
};

type Attempt =
  | { readonly answer: SubgraphAnswer; readonly error?: undefined }
  | { readonly answer?: undefined; readonly error: unknown };

const isRepeatable = ({ answer, error }: Attempt): boolean =>
  answer
    ? answer.status === 502 || answer.status === 503 || answer.status === 504
    : error instanceof SubgraphFailure && error.code === "SUBGRAPH_UNAVAILABLE";

function outcome({ answer, error }: Attempt): SubgraphAnswer {
  if (answer) return answer;
  throw error;
}

export function createRetry(options: RetryOptions, deps: Deps): SubgraphWrapper {
  const { retries, baseDelayMs, maxDelayMs, budgetRatio, budgetBurst } = options;
  const { subgraph, clock, random, observe } = deps;
  let tokens = budgetBurst;

  function delayAfter({ answer }: Attempt, attempt: number): number {
    const jitterMs = random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
    return (parseRetryAfter(answer?.retryAfter, clock()) ?? 0) + jitterMs;
  }

  /** True when the retry is paid for and its turn has come. */
  async function mayRetry(failed: Attempt, attempt: number, context: RequestContext) {
    if (attempt > retries || context.signal.aborted) return false;
    const delayMs = delayAfter(failed, attempt);
    if (clock() + delayMs >= context.deadlineMs) return false;
    if (tokens < 1) {
      observe({ type: "retry-budget-empty", subgraph });
      return false;
    }
    tokens -= 1;
    try {
      await sleep(delayMs, undefined, { signal: context.signal });
    } catch (error) {
      throw tooLate(subgraph, error);
    }
    return true;
  }

  return (send) => {
    const attemptOnce = (call: SubgraphCall, context: RequestContext): Promise<Attempt> =>
      send(call, context).then(
        (answer): Attempt => ({ answer }),
        (error: unknown): Attempt => ({ error }),
      );

    async function repeat(failed: Attempt, call: SubgraphCall, context: RequestContext) {
      let last = failed;
      for (let attempt = 1; isRepeatable(last); attempt += 1) {
        if (!(await mayRetry(last, attempt, context))) break;
        observe({ type: "retry", subgraph, attempt });
        last = await attemptOnce(call, context);
      }
      return outcome(last);
    }

    return (call, context) => {
      if (call.kind !== "query") return send(call, context);
      tokens = Math.min(budgetBurst, tokens + budgetRatio);
      return send(call, context).then(
        (answer) => (answer.status < 500 ? answer : repeat({ answer }, call, context)),
        (error: unknown) => repeat({ error }, call, context),
      );
    };
  };
}
