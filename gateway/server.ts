/**
 * Wires a gateway from its configuration: store, supergraph, transport to subgraphs, Apollo Server,
 * HTTP. Only wiring: what each part does is said in its own file.
 */
import cluster from "node:cluster";
import { randomUUID } from "node:crypto";
import { getOperationAST, OperationTypeNode } from "graphql";
import { type Clock, systemClock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { startGraphQLServer } from "./apollo-server.ts";
import { createMemoryStore } from "./cache/memory-store.ts";
import { createRedisStore } from "./cache/redis-store.ts";
import type { Config } from "./config.ts";
import { openCaching } from "./entity-cache/open-caching.ts";
import { redisOptions } from "../platform/redis-env.ts";
import type { Invalidate } from "./execution/mutate.ts";
import {
  executeOperation,
  type OperationRequest,
  toGraphQLErrors,
} from "./execution/execute-operation.ts";
import { createPrincipalViews } from "./fetch/principal-view.ts";
import { createFetchStack } from "./fetch/subgraph-fetch-stack.ts";
import type { AnswerCaching } from "./http/answer-headers.ts";
import { createOperatorRoutes } from "./http/operator-routes.ts";
import { createMetrics } from "./telemetry/metrics.ts";
import { joinMetrics } from "./telemetry/worker-metrics.ts";
import { createHttpServer } from "./http/server.ts";
import { createAuthenticate, openJwks, refuseTokens } from "./identity/authenticate.ts";
import { createAdmittedOperations } from "./operation/admitted.ts";
import { createInFlight } from "./operation/in-flight.ts";
import { createReadiness } from "./readiness.ts";
import { createResponseCache } from "./response-cache/response-cache.ts";
import { type Answered, cachingOf, createRunAdmitted } from "./run-operation.ts";
import { createCityGateway } from "./supergraph/apollo-gateway.ts";
import type { Graph } from "./supergraph/graph.ts";
import { openSource } from "./supergraph/open-source.ts";
import { createAdmit } from "./operation/admit.ts";
import { createEventStreams } from "./fetch/event-streams.ts";
import { createOpenSubscriptions, LastMessage } from "./live/open-subscriptions.ts";
import { createDeferredAnswers } from "./defer/deferred-answers.ts";
import { executeDeferred } from "./defer/execute-deferred.ts";
import { createLiveAnswers } from "./live/live-answers.ts";
import { createSingleConnections } from "./live/single-connection.ts";
import { createStreamAnswers } from "./live/stream-answers.ts";
import { createWebSockets } from "./live/web-socket.ts";
import { createSubscribe, isSubscription } from "./live/subscribe.ts";
import { graphError } from "./errors.ts";
import { createMostUsed } from "./warming/most-used.ts";
import { createWarming } from "./warming/warming.ts";
import type { RequestContext } from "./context.ts";

export type RunningGateway = {
  readonly url: string;
  /** Answers what is under way, then closes everything. */
  readonly stop: () => Promise<void>;
};

async function openAuthenticate(config: Config, clock: Clock) {
  const {
    JWKS_URL,
    JWT_ISSUER: issuer,
    JWT_AUDIENCE: audience,
    JWT_ALGORITHMS: algorithms,
  } = config;
  if (!JWKS_URL || !issuer || !audience) return refuseTokens;
  return createAuthenticate({
    getKey: await openJwks(JWKS_URL),
    issuer,
    audience,
    algorithms,
    clock,
  });
}

const graphChanged = new LastMessage(
  "SUBSCRIPTION_SCHEMA_RELOAD",
  "The graph has changed: subscribe again.",
);
const shuttingDown = new LastMessage(
  "SHUTTING_DOWN",
  "This gateway is going away: subscribe again.",
);

/** Counting costs more than what some operations cost. */
const usesCountedOneOf = 16;

/** Connections to subgraphs that take longer to open are not waited for at the start. */
const warmUpTimeoutMs = 1_000;

/** @throws SupergraphError, PortTakenError or the JWKS file's error when the gateway cannot start. */
export async function startGateway(
  config: Config,
  log: Log,
  clock: Clock = systemClock,
): Promise<RunningGateway> {
  const metrics = config.OPERATOR_KEY && createMetrics(cluster.isWorker ? joinMetrics : undefined);
  const redis = redisOptions(config);
  const store = redis
    ? createRedisStore({ ...redis, keyPrefix: `${config.CACHE_NAMESPACE}:`, log })
    : createMemoryStore();
  const principalViewOf = createPrincipalViews({
    signingKey: config.SIGNING_KEY?.reveal(),
    optionsOf: config.optionsOf,
    declaredScopesOf: (subgraph) => gateway.current()?.declaredScopes.get(subgraph),
  });
  const subgraphs = createFetchStack({
    urlOf: (subgraph) =>
      config.SUBGRAPH_URLS.get(subgraph) ?? gateway.current()?.routingUrls.get(subgraph),
    optionsOf: config.optionsOf,
    signingKey: config.SIGNING_KEY?.reveal(),
    principalViewOf,
    epoch: () => epoch(),
    clock,
    observe(event) {
      metrics?.fetches(event);
      if (event.type !== "breaker") return;
      const { subgraph, state } = event;
      log.warn({ subgraph, state }, `the circuit breaker of a subgraph is ${state} now`);
    },
  });
  const { fetch } = subgraphs;
  const forbiddenFields = config.FORBIDDEN_FIELDS;
  const admitted = createAdmittedOperations();
  const inFlight = config.SHARE_IN_FLIGHT ? createInFlight<Answered>(clock) : undefined;
  const epoch = () => (caching.cache ? caching.cache.epoch() : "");
  const caching = openCaching(config, {
    log,
    clock,
    current: () => gateway.current(),
    ...(metrics ? { observer: metrics.cache } : {}),
  });
  const invalidate: Invalidate = async (subgraph, requested) =>
    caching.invalidator?.fromSubgraph(subgraph, requested);
  async function execute(graph: Graph, request: OperationRequest, context: RequestContext) {
    if (isSubscription(request)) {
      const message = "A subscription is a stream: send the header accept: text/event-stream.";
      throw graphError("SUBSCRIPTION_NEEDS_STREAM", message);
    }
    const fetcher = caching.fetcherOf(graph);
    const options = { fetch, fetcher, invalidate, forbiddenFields };
    try {
      return await executeOperation(graph, request, context, options);
    } finally {
      const operation = getOperationAST(request.document, request.operationName);
      // What began before this write may not show it: nobody joins that any more.
      if (operation?.operation === OperationTypeNode.MUTATION) inFlight?.forget();
    }
  }
  // By the request's signal: Apollo Server copies the context.
  const cachings = new WeakMap<AbortSignal, AnswerCaching>();
  const gateway = createCityGateway({
    source: openSource(config, log),
    async execute(graph, { document, source, queryHash, request, context }) {
      admitted.add(graph, source, queryHash, document);
      const { operationName, variables = {} } = request;
      const operation = { document, operationName, variables };
      const executed = await execute(graph, operation, context as RequestContext);
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
  const limits = {
    depth: config.MAX_DEPTH,
    aliases: config.MAX_ALIASES,
    rootFields: config.MAX_ROOT_FIELDS,
    tokens: config.MAX_TOKENS,
    introspection: config.INTROSPECTION,
  };
  const { current } = gateway;
  const { cache, invalidator } = caching;
  if (cache) metrics?.watchMemory(cache.memoryUsage);
  const responses =
    cache &&
    createResponseCache({
      entries: cache.entries,
      clock,
      refreshTimeoutMs: config.REQUEST_TIMEOUT_MS,
    });
  const mostUsed = createMostUsed(clock, { oneOf: usesCountedOneOf });
  const runAdmitted = createRunAdmitted({
    current,
    admitted,
    execute,
    inFlight,
    responses,
    epoch,
    noteUse(operation, context) {
      if (!context.principal && !warming.isOwn(context)) mostUsed.note(operation);
    },
  });
  const graphql = await startGraphQLServer({
    gateway,
    store,
    limits,
    log,
    runAdmitted,
    cachingOf: ({ signal }) => cachings.get(signal),
  });
  const warming = createWarming(
    { mostUsed, execute: graphql.execute, store, clock, log, newRequestId: randomUUID },
    { timeoutMs: config.REQUEST_TIMEOUT_MS },
  );
  const ready = createReadiness({ current, fetch, store: store.kind, clock, log });
  const operatorRoutes =
    config.OPERATOR_KEY && metrics
      ? createOperatorRoutes({
          key: config.OPERATOR_KEY.reveal(),
          invalidator,
          inspect: cache?.entries.inspect,
          metrics: metrics.read,
          mostUsed: mostUsed.top,
          warm: warming.warm,
          clock,
        })
      : undefined;
  const urlOf = (subgraph: string) =>
    config.SUBGRAPH_URLS.get(subgraph) ?? current()?.routingUrls.get(subgraph);
  const streams = createEventStreams({
    urlOf,
    signingKey: config.SIGNING_KEY?.reveal(),
    principalViewOf,
    maxEventBytes: config.MAX_SUBGRAPH_RESPONSE_BYTES,
    connectTimeoutMs: config.SUBGRAPH_TIMEOUT_MS,
    clock,
  });
  const liveLimits = {
    total: config.MAX_SUBSCRIPTIONS,
    perClient: config.MAX_SUBSCRIPTIONS_PER_CLIENT,
  };
  const subscriptions = createOpenSubscriptions(liveLimits);
  const reservations = createOpenSubscriptions(liveLimits);
  const authenticate = await openAuthenticate(config, clock);
  const { execute: executeRequest } = graphql;
  const admit = createAdmit({ admitted, store, limits });
  const deferred = createDeferredAnswers({
    current,
    admit,
    executeDeferred: (graph, request, context) =>
      executeDeferred(graph, request, context, {
        fetch,
        fetcher: caching.fetcherOf(graph),
        invalidate,
        forbiddenFields,
      }),
    execute: executeRequest,
  });
  const answers = createLiveAnswers({
    current,
    admit,
    subscribe: createSubscribe({
      streams,
      fetch,
      clock,
      eventTimeoutMs: config.REQUEST_TIMEOUT_MS,
    }),
    subscriptions,
    authenticate,
  });
  const stream = createStreamAnswers({ answers, execute: executeRequest });
  const single = createSingleConnections(
    { answers, execute: executeRequest, reservations },
    {
      openWithinMs: config.REQUEST_TIMEOUT_MS,
      maxOperations: config.MAX_SUBSCRIPTIONS_PER_CLIENT,
      requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    },
  );
  const connections = createOpenSubscriptions(liveLimits);
  if (metrics)
    metrics.watchSubscriptions({
      subscriptions: subscriptions.count,
      webSockets: connections.count,
      streams: reservations.count,
    });
  const webSockets = createWebSockets(
    {
      answers,
      execute: executeRequest,
      authenticate,
      connections,
      newRequestId: randomUUID,
      clock,
      log,
    },
    {
      path: config.GRAPHQL_PATH,
      cors: { origins: config.CORS_ORIGINS },
      maxMessageBytes: config.MAX_BODY_BYTES,
      maxOperations: config.MAX_SUBSCRIPTIONS_PER_CLIENT,
      requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    },
  );
  const endLive = (reason: LastMessage) => {
    // Whoever is on a WebSocket comes back by its close code, and need not be told on top of it.
    connections.endAll(reason);
    subscriptions.endAll(reason);
  };
  const stopEnding = gateway.onSchemaLoadOrUpdate(() => endLive(graphChanged));
  const http = createHttpServer(
    {
      execute: executeRequest,
      stream,
      // A stream lives in the process that reserved it: the next request may come to another one.
      ...(config.WORKERS === 1 ? { single } : {}),
      deferred,
      authenticate,
      ready,
      newRequestId: randomUUID,
      ...(operatorRoutes ? { operatorRoutes } : {}),
      clock,
      log,
    },
    {
      path: config.GRAPHQL_PATH,
      cors: { origins: config.CORS_ORIGINS },
      explainTo: config.EXPLAIN_TO,
      maxBodyBytes: config.MAX_BODY_BYTES,
      maxHeaderBytes: config.MAX_HEADER_BYTES,
      requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
      drainTimeoutMs: config.REQUEST_TIMEOUT_MS,
    },
  );
  webSockets.attach(http.server);
  const { HOST: host, PORT } = config;
  await subgraphs.warmUp(current()?.routingUrls.keys() ?? [], warmUpTimeoutMs, log);
  const port = await http.start({ host, port: PORT, portSetting: "--port or PORT" });
  // For the first supergraph, and each that is taken up; nobody waits for it.
  const warm = (): void => {
    if (config.WARM_OPERATIONS > 0)
      setImmediate(() => void warming.warm(config.WARM_OPERATIONS).catch(() => {}));
  };
  const stopWatching = gateway.onSchemaLoadOrUpdate(warm);
  warm();
  return {
    url: `http://${host}:${port}${config.GRAPHQL_PATH}`,
    async stop() {
      stopEnding();
      endLive(shuttingDown);
      reservations.endAll(shuttingDown);
      await http.drain({ graceMs: config.DRAIN_GRACE_MS });
      stopWatching();
      await warming.stop();
      await graphql.stop();
      await streams.close();
      await subgraphs.close();
      await caching.close();
      await store.close();
    },
  };
}
