/**
 * Everything that serves one supergraph: it follows a source, admits operations and executes them, answers
 * at once, by parts or as events. What a process has once (transport, caches, store) is handed in, so that
 * one process can serve several: a contract each, or a candidate beside the live one.
 */
import { getOperationAST, OperationTypeNode } from "graphql";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { startGraphQLServer } from "./apollo-server.ts";
import type { Store } from "./cache/store.ts";
import type { RequestContext } from "./context.ts";
import { createDeferredAnswers, type DeferredAnswers } from "./defer/deferred-answers.ts";
import { executeDeferred } from "./defer/execute-deferred.ts";
import { graphError } from "./errors.ts";
import {
  executeOperation,
  type ExecuteOptions,
  type OperationRequest,
  toGraphQLErrors,
} from "./execution/execute-operation.ts";
import type { Fetcher } from "./execution/fetcher.ts";
import type { EventStreams } from "./fetch/event-streams.ts";
import type { SubgraphFetch } from "./fetch/subgraph-fetch.ts";
import type { AnswerCaching } from "./http/answer-headers.ts";
import type { Authenticate } from "./http/graphql-endpoint.ts";
import type { ExecuteRequest } from "./http/graphql-request.ts";
import { createLiveAnswers, type LiveAnswers } from "./live/live-answers.ts";
import type { OpenSubscriptions } from "./live/open-subscriptions.ts";
import { createSubscribe, isSubscription } from "./live/subscribe.ts";
import { createAdmit } from "./operation/admit.ts";
import type { AdmittedOperations } from "./operation/admitted.ts";
import type { InFlight } from "./operation/in-flight.ts";
import type { Limits } from "./operation/limits.ts";
import type { ResponseCache } from "./response-cache/response-cache.ts";
import {
  type Answered,
  cachingOf,
  createRunAdmitted,
  type RunAdmittedDeps,
} from "./run-operation.ts";
import { createCityGateway } from "./supergraph/apollo-gateway.ts";
import type { Graph } from "./supergraph/graph.ts";
import type { SupergraphSource } from "./supergraph/source.ts";
import type { NoteUse } from "./usage/use-counts.ts";

/** What all lanes of a process share. */
export type LaneDeps = {
  readonly store: Store;
  readonly admitted: AdmittedOperations;
  readonly inFlight: InFlight<Answered> | undefined;
  readonly epoch: () => string | undefined;
  readonly invalidate: ExecuteOptions["invalidate"];
  readonly forbiddenFields: ExecuteOptions["forbiddenFields"];
  readonly limits: Partial<Limits>;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
};

export type LaneOptions = {
  readonly source: SupergraphSource;
  readonly fetch: SubgraphFetch;
  readonly fetcherOf: (graph: Graph) => Fetcher;
  readonly streams: EventStreams;
  /** Of this lane alone: its answers are no other's. */
  readonly responses: ResponseCache | undefined;
  readonly subscriptions: OpenSubscriptions;
  /** Asked again at each event of a subscription. */
  readonly authenticate: Authenticate;
  readonly noteQuery: RunAdmittedDeps["noteQuery"];
  /** Told of every operation that is answered, in whatever way. */
  readonly recordUse: NoteUse;
};

export type Lane = {
  readonly execute: ExecuteRequest;
  readonly deferred: DeferredAnswers;
  readonly answers: LiveAnswers;
  readonly current: () => Graph | undefined;
  /** Calls back at the first supergraph and each that is taken up. @returns how to stop. */
  readonly onChange: (callback: () => void) => () => void;
  readonly stop: () => Promise<void>;
};

/** @throws SupergraphError when the first supergraph cannot be served. */
export async function openLane(deps: LaneDeps, options: LaneOptions): Promise<Lane> {
  const { store, admitted, inFlight, epoch, invalidate, forbiddenFields, limits, clock, log } =
    deps;
  const {
    fetch,
    fetcherOf,
    streams,
    responses,
    subscriptions,
    authenticate,
    noteQuery,
    recordUse,
  } = options;

  async function execute(graph: Graph, request: OperationRequest, context: RequestContext) {
    if (isSubscription(request)) {
      const message = "A subscription is a stream: send the header accept: text/event-stream.";
      throw graphError("SUBSCRIPTION_NEEDS_STREAM", message);
    }
    const fetcher = fetcherOf(graph);
    try {
      const how = { fetch, fetcher, invalidate, forbiddenFields };
      return await executeOperation(graph, request, context, how);
    } finally {
      const operation = getOperationAST(request.document, request.operationName);
      // What began before this write may not show it: nobody joins that any more.
      if (operation?.operation === OperationTypeNode.MUTATION) inFlight?.forget();
    }
  }

  // By the request's signal: Apollo Server copies the context.
  const cachings = new WeakMap<AbortSignal, AnswerCaching>();
  const gateway = createCityGateway({
    source: options.source,
    async execute(graph, { document, source, queryHash, request, context }) {
      admitted.add(graph, source, queryHash, document);
      const { operationName, variables = {} } = request;
      const operation = { document, operationName, variables };
      const executed = await execute(graph, operation, context as RequestContext);
      recordUse(graph, document, operationName, context as RequestContext);
      const completed = executed.complete();
      const errors = toGraphQLErrors(completed);
      cachings.set((context as RequestContext).signal, cachingOf(executed, errors.length > 0));
      const { extensions } = executed;
      return {
        data: completed.data,
        ...(errors.length > 0 ? { errors } : {}),
        ...(extensions ? { extensions } : {}),
      };
    },
    log,
  });
  const { current } = gateway;
  const runAdmitted = createRunAdmitted({
    current,
    admitted,
    execute,
    inFlight,
    responses,
    epoch,
    noteQuery,
    recordUse,
  });
  const graphql = await startGraphQLServer({
    gateway,
    store,
    limits,
    log,
    runAdmitted,
    cachingOf: ({ signal }) => cachings.get(signal),
  });
  const admit = createAdmit({ admitted, store, limits });
  return {
    current,
    execute: graphql.execute,
    deferred: createDeferredAnswers({
      current,
      admit,
      async executeDeferred(graph, request, context) {
        const fetcher = fetcherOf(graph);
        const how = { fetch, fetcher, invalidate, forbiddenFields };
        const executed = await executeDeferred(graph, request, context, how);
        if (executed) recordUse(graph, request.document, request.operationName, context);
        return executed;
      },
      execute: graphql.execute,
    }),
    answers: createLiveAnswers({
      current,
      admit,
      subscribe: createSubscribe({
        streams,
        fetch,
        clock,
        eventTimeoutMs: deps.requestTimeoutMs,
      }),
      subscriptions,
      authenticate,
      recordUse,
    }),
    onChange: (callback) => gateway.onSchemaLoadOrUpdate(callback),
    stop: graphql.stop,
  };
}
