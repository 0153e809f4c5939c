/**
 * Wires a gateway from its configuration: store, supergraph, transport to subgraphs, Apollo Server,
 * HTTP. Only wiring: what each part does is said in its own file.
 */
import cluster from "node:cluster";
import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { redisOptions } from "../platform/redis-env.ts";
import { createMemoryStore } from "./cache/memory-store.ts";
import { createRedisStore } from "./cache/redis-store.ts";
import type { Config } from "./config.ts";
import { openCaching } from "./entity-cache/open-caching.ts";
import { createOperatorRoutes } from "./http/operator-routes.ts";
import { createHttpServer } from "./http/server.ts";
import { openContractTokens } from "./identity/contract-tokens.ts";
import type { Lane, LaneDeps } from "./lane.ts";
import { shuttingDown } from "./live/open-subscriptions.ts";
import { attachWebSockets } from "./live/web-socket.ts";
import { createAdmittedOperations } from "./operation/admitted.ts";
import { createInFlight } from "./operation/in-flight.ts";
import { createReadiness } from "./readiness.ts";
import { createResponseCache } from "./response-cache/response-cache.ts";
import type { Answered } from "./run-operation.ts";
import { serveContract } from "./serve-contract.ts";
import { type ServedContract, servedContracts } from "./served-contracts.ts";
import { registryAccess } from "./supergraph/open-source.ts";
import { createMetrics } from "./telemetry/metrics.ts";
import { joinMetrics } from "./telemetry/worker-metrics.ts";
import { openTransport, type TransportDeps } from "./transport.ts";
import { startUsageReports } from "./usage/usage-reports.ts";
import { createMostUsed } from "./warming/most-used.ts";
import { createWarming, type Warming } from "./warming/warming.ts";

export type RunningGateway = {
  readonly url: string;
  /** Answers what is under way, then closes everything. */
  readonly stop: () => Promise<void>;
};

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
  const contracts = servedContracts(config);
  // Contracts differ in what clients see; where subgraphs are and what they ask for is the same in all.
  let firstLane: Lane | undefined;
  const current = () => firstLane?.current();
  const urlOf = (subgraph: string) =>
    config.SUBGRAPH_URLS.get(subgraph) ?? current()?.routingUrls.get(subgraph);
  const epoch = () => (caching.cache ? caching.cache.epoch() : "");
  const caching = openCaching(config, {
    log,
    clock,
    current,
    ...(metrics ? { observer: metrics.cache } : {}),
  });
  const { cache, invalidator } = caching;
  if (cache) metrics?.watchMemory(cache.memoryUsage);
  const shared: LaneDeps = {
    store,
    admitted: createAdmittedOperations(),
    inFlight: config.SHARE_IN_FLIGHT ? createInFlight<Answered>(clock) : undefined,
    epoch,
    invalidate: async (subgraph, requested) => invalidator?.fromSubgraph(subgraph, requested),
    forbiddenFields: config.FORBIDDEN_FIELDS,
    limits: {
      depth: config.MAX_DEPTH,
      aliases: config.MAX_ALIASES,
      rootFields: config.MAX_ROOT_FIELDS,
      tokens: config.MAX_TOKENS,
      introspection: config.INTROSPECTION,
    },
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    clock,
    log,
  };
  const ways: TransportDeps = { epoch, observe: metrics?.fetches ?? (() => {}), clock, log };
  const transport = openTransport(config, ways, { graph: current, urlOf });
  const { fetch } = transport;
  const responsesIn = (space: string) =>
    cache &&
    createResponseCache({
      entries: cache.entries,
      clock,
      refreshTimeoutMs: config.REQUEST_TIMEOUT_MS,
      space,
    });
  const mostUsed = createMostUsed(clock, { oneOf: usesCountedOneOf });
  const authenticateAt = await openContractTokens(config, contracts, clock);

  const registry = registryAccess(config, config.REGISTRY_VARIANT);
  const usage =
    registry &&
    startUsageReports(log, { ...registry, intervalMs: config.REGISTRY_USAGE_INTERVAL_MS });

  const { fetchersIn } = caching;
  const serving = { config, shared, transport, ways, fetchersIn, responsesIn, metrics, clock, log };
  const open = (contract: ServedContract) => {
    const { variant } = contract;
    const noteUse = usage?.noteIn(variant);
    return serveContract(serving, {
      contract,
      authenticate: authenticateAt(contract),
      space: contracts.length > 1 ? variant : "",
      recordUse(graph, document, operationName, context) {
        if (!warming?.isOwn(context)) noteUse?.(graph, document, operationName, context);
      },
      noteQuery(operation, context) {
        const isCounted = contract === contracts[0] && !context.principal;
        if (isCounted && !warming?.isOwn(context)) mostUsed.note(operation);
      },
    });
  };

  const cors = { origins: config.CORS_ORIGINS };
  let warming: Warming | undefined;
  const first = await open(contracts[0]);
  firstLane = first.lane;
  const served = [first];
  for (const contract of contracts.slice(1)) served.push(await open(contract));
  warming = createWarming(
    { mostUsed, execute: first.lane.execute, store, clock, log, newRequestId: randomUUID },
    { timeoutMs: config.REQUEST_TIMEOUT_MS },
  );
  const { warm: warmMostUsed } = warming;
  const ready = createReadiness({ current, fetch, store: store.kind, clock, log });
  const operatorRoutes =
    config.OPERATOR_KEY && metrics
      ? createOperatorRoutes({
          key: config.OPERATOR_KEY.reveal(),
          invalidator,
          inspect: cache?.entries.inspect,
          metrics: metrics.read,
          mostUsed: mostUsed.top,
          warm: warmMostUsed,
          clock,
        })
      : undefined;
  const sum = (count: (one: (typeof served)[number]) => number) => () =>
    served.reduce((total, one) => total + count(one), 0);
  metrics?.watchSubscriptions({
    subscriptions: sum(({ subscriptions }) => subscriptions.count()),
    webSockets: sum(({ front }) => front.count().webSockets),
    streams: sum(({ front }) => front.count().streams),
  });
  const http = createHttpServer(
    {
      ...first.front.endpoint,
      endpoints: new Map(served.slice(1).map(({ front }) => [front.path, front.endpoint])),
      ready,
      newRequestId: randomUUID,
      ...(operatorRoutes ? { operatorRoutes } : {}),
      clock,
      log,
    },
    {
      path: first.front.path,
      cors,
      explainTo: config.EXPLAIN_TO,
      maxBodyBytes: config.MAX_BODY_BYTES,
      maxHeaderBytes: config.MAX_HEADER_BYTES,
      requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
      drainTimeoutMs: config.REQUEST_TIMEOUT_MS,
    },
  );
  attachWebSockets(
    http.server,
    served.map(({ front }) => front.webSockets),
  );
  const { HOST: host, PORT } = config;
  await transport.warmUp(current()?.routingUrls.keys() ?? [], warmUpTimeoutMs, log);
  const port = await http.start({ host, port: PORT, portSetting: "--port or PORT" });
  // For the first supergraph, and each that is taken up; nobody waits for it.
  const warm = (): void => {
    if (config.WARM_OPERATIONS > 0)
      setImmediate(() => void warmMostUsed(config.WARM_OPERATIONS).catch(() => {}));
  };
  const stopWatching = first.lane.onChange(warm);
  warm();
  return {
    url: `http://${host}:${port}${first.front.path}`,
    async stop() {
      for (const { stopEnding, end, front } of served) {
        stopEnding();
        end(shuttingDown);
        front.endStreams(shuttingDown);
      }
      await http.drain({ graceMs: config.DRAIN_GRACE_MS });
      stopWatching();
      await warming?.stop();
      await Promise.all(served.map(async ({ canary }) => canary?.stop()));
      await Promise.all(served.map(({ lane }) => lane.stop()));
      await usage?.stop();
      await transport.close();
      await caching.close();
      await store.close();
    },
  };
}
