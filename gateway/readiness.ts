/**
 * `/ready`: whether this gateway should get traffic. It should as long as it has a supergraph and at
 * least one subgraph answers: one agency's outage is that agency's, and must not take every gateway
 * out of the load balancer. What does not answer is named.
 */
import type { RequestContext } from "./context.ts";
import type { SubgraphFetch } from "./fetch/subgraph-fetch.ts";
import type { Graph } from "./supergraph/graph.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";

export type Readiness = {
  readonly ready: boolean;
  readonly supergraph: string | null;
  readonly store: string;
  readonly unreachable: readonly string[];
};

export type ReadinessOptions = {
  readonly current: () => Graph | undefined;
  readonly fetch: SubgraphFetch;
  readonly store: string;
  readonly clock: Clock;
  readonly log: Log;
};

const probeTimeoutMs = 1_000;
/** Probes of many callers within this time share one answer. */
const keptMs = 1_000;

export function createReadiness(options: ReadinessOptions): () => Promise<Readiness> {
  const { current, fetch, store, clock, log } = options;
  let last: { readonly atMs: number; readonly answer: Promise<Readiness> } | undefined;

  async function isReachable(subgraph: string): Promise<boolean> {
    const context: RequestContext = {
      requestId: "readiness",
      clientName: "readiness",
      clientVersion: "",
      principal: undefined,
      deadlineMs: clock() + probeTimeoutMs,
      signal: AbortSignal.timeout(probeTimeoutMs),
      log,
    };
    const body = JSON.stringify({ query: "{ __typename }" });
    try {
      await fetch({ subgraph, kind: "query", body }, context);
      return true;
    } catch {
      return false;
    }
  }

  async function probe(): Promise<Readiness> {
    const graph = current();
    if (!graph) return { ready: false, supergraph: null, store, unreachable: [] };
    const names = [...graph.routingUrls.keys()];
    const reachable = await Promise.all(names.map(isReachable));
    const unreachable = names.filter((_name, index) => !reachable[index]);
    return { ready: unreachable.length < names.length, supergraph: graph.id, store, unreachable };
  }

  return () => {
    const nowMs = clock();
    if (!last || nowMs - last.atMs > keptMs) last = { atMs: nowMs, answer: probe() };
    return last.answer;
  };
}
