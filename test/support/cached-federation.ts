/** A small federation whose fetches go through a cache in this process, as the gateway's do. */
import { openCache } from "../../gateway/cache/open-cache.ts";
import { createPrivatePart } from "../../gateway/cache/key.ts";
import { createCachedFetchers } from "../../gateway/entity-cache/cached-fetcher.ts";
import { createInvalidator, type Invalidator } from "../../gateway/entity-cache/invalidator.ts";
import type { SubgraphFetch } from "../../gateway/fetch/subgraph-fetch.ts";
import type { Graph } from "../../gateway/supergraph/graph.ts";
import { silentLog } from "../../platform/log.ts";
import {
  createFederation,
  type Federation,
  type RecordedFetch,
  type SubgraphModule,
} from "./federation.ts";

export type CachedFederation = Federation & {
  readonly invalidator: Invalidator;
  /** Lets time go by for the cache. */
  readonly passSeconds: (seconds: number) => void;
  /** How many requests a subgraph got since the last call. */
  readonly asked: (subgraph: string) => number;
};

export function createCachedFederation(
  modules: Readonly<Record<string, SubgraphModule>>,
  intercept?: (request: RecordedFetch) => ReturnType<SubgraphFetch> | undefined,
): CachedFederation {
  let nowMs = Date.now();
  const clock = () => nowMs;
  let graph: Graph | undefined;
  // Never chosen for an early refresh, no jitter: what a test sees is decided by the clock alone.
  const cache = openCache({ log: silentLog, clock, random: () => 0 }, { jitter: 0 });
  const invalidator = createInvalidator({
    invalidate: cache.invalidate,
    current: () => graph,
    log: silentLog,
  });
  const fetcherOf = createCachedFetchers({
    entries: cache.entries,
    defaultsOf: () => ({ staleIfErrorSeconds: 3_600 }),
    isCached: () => true,
    // Of requests and their deadlines, which know nothing of the time that the test lets go by.
    clock: Date.now,
    refreshTimeoutMs: 1_000,
    privatePart: createPrivatePart("x".repeat(32)),
  });
  const federation = createFederation(modules, intercept, {
    fetcherOf: (current) => {
      graph = current;
      return fetcherOf(current);
    },
    invalidate: invalidator.fromSubgraph,
  });
  const { fetches } = federation;
  return {
    ...federation,
    invalidator,
    passSeconds(seconds) {
      nowMs += seconds * 1_000;
    },
    asked(subgraph) {
      const count = fetches.filter((one) => one.subgraph === subgraph).length;
      fetches.splice(0);
      return count;
    },
  };
}
