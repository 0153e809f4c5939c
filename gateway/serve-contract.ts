/**
 * One contract of the graph as clients meet it: its lane, a candidate beside it while there is one, and its
 * endpoint. Only wiring: what each part does is said in its own file.
 */
import { randomUUID } from "node:crypto";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { openCanary } from "./canary/canary.ts";
import { createCandidateFeed } from "./canary/candidate-feed.ts";
import { openCandidateLane } from "./canary/candidate-lane.ts";
import { startCounting } from "./canary/counting.ts";
import type { Config } from "./config.ts";
import type { Caching } from "./entity-cache/open-caching.ts";
import { type FrontOptions, openFront } from "./front.ts";
import type { Authenticate } from "./http/graphql-endpoint.ts";
import { type LaneDeps, type LaneOptions, openLane } from "./lane.ts";
import {
  createOpenSubscriptions,
  graphChanged,
  type LastMessage,
} from "./live/open-subscriptions.ts";
import type { ResponseCache } from "./response-cache/response-cache.ts";
import type { ServedContract } from "./served-contracts.ts";
import type { Graph } from "./supergraph/graph.ts";
import { openSource, registryAccess } from "./supergraph/open-source.ts";
import type { Metrics } from "./telemetry/metrics.ts";
import { openTransport, type Transport, type TransportDeps } from "./transport.ts";

/** What a process has once. */
export type ServeContractDeps = {
  readonly config: Config;
  readonly shared: LaneDeps;
  readonly transport: Transport;
  /** For transports of a supergraph's own. */
  readonly ways: TransportDeps;
  readonly fetchersIn: Caching["fetchersIn"];
  /** @param space Answers of different spaces do not meet. */
  readonly responsesIn: (space: string) => ResponseCache | undefined;
  readonly metrics: Pick<Metrics, "canary"> | undefined;
  readonly clock: Clock;
  readonly log: Log;
};

export type ServeContractOptions = Pick<LaneOptions, "recordUse" | "noteQuery"> & {
  readonly contract: ServedContract;
  readonly authenticate: Authenticate;
  /** Of the contract's answers in the cache. */
  readonly space: string;
};

/** @throws SupergraphError when its first supergraph cannot be served. */
export async function serveContract(deps: ServeContractDeps, options: ServeContractOptions) {
  const { config, shared, transport, ways, fetchersIn, responsesIn, metrics, clock, log } = deps;
  const { contract, authenticate, recordUse, noteQuery, space } = options;
  const { variant, path, needsToken } = contract;
  const liveLimits: FrontOptions["liveLimits"] = {
    total: config.MAX_SUBSCRIPTIONS,
    perClient: config.MAX_SUBSCRIPTIONS_PER_CLIENT,
  };
  const subscriptions = createOpenSubscriptions(liveLimits);
  /** For a supergraph that serves nobody yet. */
  const openOwn = (graph: Graph): Transport => {
    const own = (subgraph: string) =>
      config.SUBGRAPH_URLS.get(subgraph) ?? graph.routingUrls.get(subgraph);
    return openTransport(config, ways, { graph: () => graph, urlOf: own });
  };
  const lane = await openLane(shared, {
    source: openSource(config, contract, { openTransport: openOwn, clock, log }),
    fetch: transport.fetch,
    fetcherOf: fetchersIn(""),
    streams: transport.streams,
    responses: responsesIn(space),
    subscriptions,
    authenticate,
    recordUse,
    noteQuery,
  });
  const access = registryAccess(config, variant);
  const canary =
    access &&
    openCanary(
      {
        live: lane,
        feed: createCandidateFeed(log, access),
        openCandidate(id, supergraph) {
          const ownSpace = `${variant} candidate ${id}`;
          return openCandidateLane(
            {
              shared,
              live: { graph: lane.current, transport },
              openTransport: (graph) =>
                openTransport(config, ways, {
                  graph,
                  urlOf: (subgraph) => graph()?.routingUrls.get(subgraph),
                }),
            },
            {
              supergraph,
              fetcherOf: fetchersIn(ownSpace),
              responses: responsesIn(ownSpace),
              subscriptions: createOpenSubscriptions(liveLimits),
              authenticate,
              recordUse,
            },
          );
        },
        startCounting: (candidate) => startCounting(log, { ...access, candidate }),
        observe: (...counted) => metrics?.canary(variant, ...counted),
        log,
      },
      { previewTo: config.PREVIEW_TO, requestTimeoutMs: config.REQUEST_TIMEOUT_MS },
    );
  const front = openFront(
    {
      serving: canary?.serving ?? lane,
      candidateFor: canary?.candidateFor,
      authenticate,
      newRequestId: randomUUID,
      clock,
      log,
    },
    {
      path,
      needsToken,
      cors: { origins: config.CORS_ORIGINS },
      liveLimits,
      // A stream lives in the process that reserved it: the next request may come to another one.
      hasSingle: config.WORKERS === 1,
      maxMessageBytes: config.MAX_BODY_BYTES,
      requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    },
  );
  const end = (reason: LastMessage): void => {
    // Whoever is on a WebSocket comes back by its close code, and need not be told on top of it.
    front.endSockets(reason);
    subscriptions.endAll(reason);
  };
  const stopEnding = lane.onChange(() => end(graphChanged));
  return { lane, canary, front, subscriptions, end, stopEnding };
}
