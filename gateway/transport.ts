/**
 * The ways to subgraphs as one supergraph names them: fetches and event streams, with what each subgraph is
 * told of who asks. The live supergraphs share one; a candidate has one for what it changes.
 */
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Config } from "./config.ts";
import { createEventStreams, type EventStreams } from "./fetch/event-streams.ts";
import type { FetchObserver } from "./fetch/observer.ts";
import { createPrincipalViews } from "./fetch/principal-view.ts";
import { createFetchStack, type FetchStack } from "./fetch/subgraph-fetch-stack.ts";
import type { Graph } from "./supergraph/graph.ts";

export type Transport = Pick<FetchStack, "fetch" | "warmUp"> & {
  readonly streams: EventStreams;
  readonly close: () => Promise<void>;
};

export type TransportDeps = {
  readonly epoch: () => string | undefined;
  readonly observe: FetchObserver;
  readonly clock: Clock;
  readonly log: Log;
};

/** Whose scopes are asked for is read of the graph at the time; so is where the subgraphs are. */
export type TransportOptions = {
  readonly graph: () => Graph | undefined;
  readonly urlOf: (subgraph: string) => string | undefined;
};

export function openTransport(
  config: Config,
  { epoch, observe, clock, log }: TransportDeps,
  { graph, urlOf }: TransportOptions,
): Transport {
  const signingKey = config.SIGNING_KEY?.reveal();
  const principalViewOf = createPrincipalViews({
    signingKey,
    optionsOf: config.optionsOf,
    declaredScopesOf: (subgraph) => graph()?.declaredScopes.get(subgraph),
  });
  const subgraphs = createFetchStack({
    urlOf,
    optionsOf: config.optionsOf,
    signingKey,
    principalViewOf,
    epoch,
    clock,
    observe(event) {
      observe(event);
      if (event.type !== "breaker") return;
      const { subgraph, state } = event;
      log.warn({ subgraph, state }, `the circuit breaker of a subgraph is ${state} now`);
    },
  });
  const streams = createEventStreams({
    urlOf,
    signingKey,
    principalViewOf,
    maxEventBytes: config.MAX_SUBGRAPH_RESPONSE_BYTES,
    connectTimeoutMs: config.SUBGRAPH_TIMEOUT_MS,
    clock,
  });
  return {
    fetch: subgraphs.fetch,
    warmUp: subgraphs.warmUp,
    streams,
    async close() {
      await streams.close();
      await subgraphs.close();
    },
  };
}
