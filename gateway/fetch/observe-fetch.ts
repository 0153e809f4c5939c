/** Tells the observer of each fetch as a whole. The outermost wrapper; absent without an observer. */
import { performance } from "node:perf_hooks";
import type { FetchObserver } from "./observer.ts";
import { SubgraphFailure, type SubgraphWrapper } from "./subgraph-fetch.ts";

export function createObserveFetch(observe: FetchObserver): SubgraphWrapper {
  return (send) => (call, context) => {
    const { subgraph, kind, operationName, body } = call;
    const startMs = performance.now();
    const common = () => ({
      type: "fetch" as const,
      subgraph,
      kind,
      operationName,
      requestBytes: Buffer.byteLength(body),
      durationMs: performance.now() - startMs,
    });
    return send(call, context).then(
      (answer) => {
        const { status, body } = answer;
        observe({ ...common(), outcome: "answered", status, answerBytes: body.length });
        return answer;
      },
      (error: unknown) => {
        const outcome = error instanceof SubgraphFailure ? error.code : "INTERNAL_SERVER_ERROR";
        observe({ ...common(), outcome, status: undefined, answerBytes: 0 });
        throw error;
      },
    );
  };
}
