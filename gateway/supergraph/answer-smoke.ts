/** Asks the subgraphs of a supergraph that serves nobody yet, over connections of its own. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../platform/clock.ts";
import type { Log } from "../../platform/log.ts";
import type { RequestContext } from "../context.ts";
import { executeOperation } from "../execution/execute-operation.ts";
import { createDirectFetcher } from "../execution/fetcher.ts";
import type { Transport } from "../transport.ts";
import type { Graph } from "./graph.ts";
import type { AnswerSmoke } from "./smoke-test.ts";

export type AnswerSmokeDeps = {
  readonly openTransport: (graph: Graph) => Transport;
  /** What one operation may take. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
};

const direct = createDirectFetcher(() => ({}));

export const createAnswerSmoke =
  ({ openTransport, timeoutMs, clock, log }: AnswerSmokeDeps): AnswerSmoke =>
  async (graph, operation) => {
    const transport = openTransport(graph);
    const context: RequestContext = {
      requestId: randomUUID(),
      clientName: "city-graph-smoke-test",
      clientVersion: "",
      principal: undefined,
      deadlineMs: clock() + timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
      log,
    };
    try {
      const executed = await executeOperation(graph, operation, context, {
        fetch: transport.fetch,
        fetcher: direct,
        invalidate: async () => {},
        forbiddenFields: "null",
      });
      return executed.complete().errors;
    } finally {
      await transport.close();
    }
  };
