/**
 * What an operation took, told in `extensions.explain` to those who may know (http/may-explain.ts):
 * each request to a subgraph with its text, how many representations it carried, when it left and how
 * long it took. No value of a variable and no representation is told: they may be somebody's data.
 */
import type { CacheAnswer, CacheLabels, CacheSource, CacheStatus } from "../cache/cache-types.ts";
import { remainingMs, type Scope } from "../cache/freshness.ts";

export type ExplainedRequest = {
  readonly subgraph: string;
  readonly query: string;
  readonly representations: number;
  /** Milliseconds since the execution began. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly error: string | undefined;
};

/** What the cache said to one question. */
export type ExplainedLookUp = {
  readonly subgraph: string;
  readonly type: string;
  readonly key: string;
  readonly status: CacheStatus;
  readonly source: CacheSource | undefined;
  readonly scope: Scope | undefined;
  readonly ageSeconds: number | undefined;
  /** What is left of its lifetime; negative for what is stale. */
  readonly ttlSeconds: number | undefined;
  readonly tags: readonly string[];
  /** Why it was not cached, or why it is stale. */
  readonly note: string | undefined;
};

export type Explanation = {
  /** Called when a request leaves; what it returns, when the answer is there. */
  readonly begin: (
    request: Pick<ExplainedRequest, "subgraph" | "query" | "representations">,
  ) => (error: string | undefined) => void;
  readonly cached: (key: string, labels: CacheLabels, answer: CacheAnswer) => void;
  readonly toExtension: () => {
    readonly durationMs: number;
    readonly requests: readonly ExplainedRequest[];
    readonly cache: readonly ExplainedLookUp[];
  };
};

/** An answer with thousands of entities is explained by the first of them. */
const mostLookUps = 200;

const tenths = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;

/** @param now A clock in milliseconds that never goes back. */
export function createExplanation(now: () => number): Explanation {
  const start = now();
  const requests: ExplainedRequest[] = [];
  const lookUps: ExplainedLookUp[] = [];
  return {
    begin(request) {
      const left = now();
      return (error) => {
        const [startMs, durationMs] = [tenths(left - start), tenths(now() - left)];
        requests.push({ ...request, startMs, durationMs, error });
      };
    },
    cached(key, { subgraph, type }, answer) {
      const { status } = answer;
      if (lookUps.length >= mostLookUps) return;
      const freshness = answer.kind === "value" ? answer.freshness : undefined;
      const seconds = (ms: number | undefined) =>
        ms === undefined ? undefined : Math.round(ms / 1_000);
      lookUps.push({
        subgraph,
        type,
        key,
        status,
        source: answer.kind === "value" ? answer.source : undefined,
        scope: freshness?.scope,
        ageSeconds: seconds(freshness?.ageMs),
        ttlSeconds: seconds(freshness && remainingMs(freshness)),
        // They hold keys, and somebody's own entities may be among them.
        tags: answer.kind === "value" && freshness?.scope === "public" ? answer.tags : [],
        note: answer.kind === "value" ? answer.note : undefined,
      });
    },
    toExtension: () => ({
      durationMs: tenths(now() - start),
      requests: requests.toSorted((one, other) => one.startMs - other.startMs),
      cache: lookUps,
    }),
  };
}
