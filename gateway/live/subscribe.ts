/**
 * A subscription from request to answers: its field is asked of its subgraph as a stream, and each event
 * is completed through the rest of the plan, as if it had been the answer to a query's first fetch. What
 * belongs to other subgraphs is asked anew for each event, past the cache: an event tells of a change that
 * a cached value may not know.
 */
import { getOperationAST, OperationTypeNode } from "graphql";
import type { RequestContext } from "../context.ts";
import { graphError } from "../errors.ts";
import { bodyOf } from "../execution/ask-subgraph.ts";
import {
  coerceVariables,
  executeOperation,
  type OperationRequest,
} from "../execution/execute-operation.ts";
import { createDirectFetcher } from "../execution/fetcher.ts";
import type { EventStreams } from "../fetch/event-streams.ts";
import type { SubgraphFetch, SubgraphResult } from "../fetch/subgraph-fetch.ts";
import { keepArgumentsApart } from "../plan/keep-arguments-apart.ts";
import type { Graph } from "../supergraph/graph.ts";

export type SubscribeDeps = {
  readonly streams: EventStreams;
  readonly fetch: SubgraphFetch;
  readonly clock: () => number;
  /** What completing one event may take. */
  readonly eventTimeoutMs: number;
};

export type Subscribe = (
  graph: Graph,
  request: OperationRequest,
  context: RequestContext,
) => AsyncGenerator<Buffer, void, undefined>;

const direct = createDirectFetcher(() => ({}));

export const isSubscription = ({ document, operationName }: OperationRequest): boolean =>
  getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;

/**
 * @returns responses as JSON. The generator's first step refuses what may not be subscribed to.
 * @throws GraphQLError as executeOperation; UNPLANNABLE for what no single stream gives.
 * @throws SubgraphFailure when the subgraph's stream breaks.
 */
export function createSubscribe(deps: SubscribeDeps): Subscribe {
  const { streams, fetch, clock, eventTimeoutMs } = deps;
  return async function* subscribe(graph, request, context) {
    const { operationName } = request;
    const document = keepArgumentsApart(request.document);
    const verdict = graph.authorize(document, operationName, context.principal);
    const carriedOut = verdict.kind === "filtered" ? verdict.document : document;
    const operation = getOperationAST(document, operationName);
    const plan = carriedOut && graph.plan(carriedOut, operationName);
    const step = plan?.programs[0]?.steps[0];
    const isForbidden = !carriedOut || !getOperationAST(carriedOut, operationName);
    if (isForbidden || !step || step.kind !== "root" || plan.programs.length > 1) {
      if (!isForbidden)
        throw graphError("UNPLANNABLE", "This subscription needs more than one stream.");
      const code = context.principal ? "FORBIDDEN" : "UNAUTHENTICATED";
      throw graphError(code, "You may not subscribe to this.", { nodes: operation ?? null });
    }
    const variables = operation ? coerceVariables(graph, operation, request.variables) : {};
    const body = bodyOf(step.text, { ...variables, ...plan.values }, []);
    const { serviceName } = step.node;

    async function complete(event: SubgraphResult): Promise<Buffer> {
      const fetcher = { root: async () => event, entities: direct.entities };
      const deadline = AbortSignal.timeout(eventTimeoutMs);
      const signal = AbortSignal.any([context.signal, deadline]);
      const own = { ...context, signal, deadlineMs: clock() + eventTimeoutMs };
      const options = {
        fetch,
        fetcher,
        invalidate: async () => {},
        forbiddenFields: "null",
      } as const;
      const executed = await executeOperation(graph, request, own, options);
      return executed.toJson().body;
    }

    for await (const event of streams.open(serviceName, body, context)) yield await complete(event);
  };
}
