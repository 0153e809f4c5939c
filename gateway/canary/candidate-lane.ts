/**
 * A lane for a candidate's supergraph. Subgraphs that are where the live supergraph has them, and ask for
 * the same scopes, are reached by the live transport, with its limits and breakers; others by one of the
 * candidate's own. Its answers are cached apart.
 */
import { keptByNobody } from "../http/answer-keeping.ts";
import { type LaneDeps, type LaneOptions, openLane } from "../lane.ts";
import { graphChanged, type OpenSubscriptions } from "../live/open-subscriptions.ts";
import type { Graph } from "../supergraph/graph.ts";
import type { Transport } from "../transport.ts";
import type { CandidateLane } from "./canary.ts";

export type CandidateLaneDeps = {
  readonly shared: LaneDeps;
  readonly live: { readonly graph: () => Graph | undefined; readonly transport: Transport };
  readonly openTransport: (graph: () => Graph | undefined) => Transport;
};

export type CandidateLaneOptions = Pick<
  LaneOptions,
  "fetcherOf" | "responses" | "authenticate" | "recordUse"
> & {
  readonly supergraph: string;
  readonly subscriptions: OpenSubscriptions;
};

const sameScopes = (one: ReadonlySet<string> = new Set(), other: ReadonlySet<string> = new Set()) =>
  one.size === other.size && [...one].every((scope) => other.has(scope));

/** Whether a subgraph is asked in the same way for both. */
const isSame = (subgraph: string, one: Graph | undefined, other: Graph | undefined): boolean =>
  one?.routingUrls.get(subgraph) === other?.routingUrls.get(subgraph) &&
  sameScopes(one?.declaredScopes.get(subgraph), other?.declaredScopes.get(subgraph));

/** @throws SupergraphError when it cannot be served. */
export async function openCandidateLane(
  { shared, live, openTransport }: CandidateLaneDeps,
  { supergraph, subscriptions, ...options }: CandidateLaneOptions,
): Promise<CandidateLane> {
  let graph: Graph | undefined;
  const own = openTransport(() => graph);
  // Of one live graph: it changes seldom, and is asked about with each fetch.
  let known: { readonly of: Graph | undefined; readonly same: Map<string, boolean> } | undefined;
  const transportOf = (subgraph: string): Transport => {
    const now = live.graph();
    if (known?.of !== now || !known) known = { of: now, same: new Map() };
    const same = known.same.get(subgraph) ?? isSame(subgraph, graph, now);
    known.same.set(subgraph, same);
    return same ? live.transport : own;
  };
  try {
    const lane = await openLane(shared, {
      ...options,
      subscriptions,
      source: { load: async () => supergraph, watch: () => () => {} },
      fetch: (call, context) => transportOf(call.subgraph).fetch(call, context),
      streams: {
        open: (subgraph, body, context) =>
          transportOf(subgraph).streams.open(subgraph, body, context),
        close: async () => {},
      },
      // The most used operations are those of what is live.
      noteQuery() {},
    });
    graph = lane.current();
    return {
      deferred: lane.deferred,
      answers: lane.answers,
      execute: async (...asked) => keptByNobody(await lane.execute(...asked)),
      async close() {
        subscriptions.endAll(graphChanged);
        await lane.stop();
        await own.close();
      },
    };
  } catch (error) {
    await own.close();
    throw error;
  }
}
