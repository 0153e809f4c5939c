/**
 * What an operation took, told in `extensions.explain` to those who may know (http/may-explain.ts):
 * each request to a subgraph with its text, how many representations it carried, when it left and how
 * long it took. No value of a variable and no representation is told: they may be somebody's data.
 */

export type ExplainedRequest = {
  readonly subgraph: string;
  readonly query: string;
  readonly representations: number;
  /** Milliseconds since the execution began. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly error: string | undefined;
};

export type Explanation = {
  /** Called when a request leaves; what it returns, when the answer is there. */
  readonly begin: (
    request: Pick<ExplainedRequest, "subgraph" | "query" | "representations">,
  ) => (error: string | undefined) => void;
  readonly toExtension: () => {
    readonly durationMs: number;
    readonly requests: readonly ExplainedRequest[];
  };
};

const tenths = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;

/** @param now A clock in milliseconds that never goes back. */
export function createExplanation(now: () => number): Explanation {
  const start = now();
  const requests: ExplainedRequest[] = [];
  return {
    begin(request) {
      const left = now();
      return (error) => {
        const [startMs, durationMs] = [tenths(left - start), tenths(now() - left)];
        requests.push({ ...request, startMs, durationMs, error });
      };
    },
    toExtension: () => ({
      durationMs: tenths(now() - start),
      requests: requests.toSorted((one, other) => one.startMs - other.startMs),
    }),
  };
}
