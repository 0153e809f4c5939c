/**
 * The gateway's caching as a whole, from its configuration: where entries are kept, how fetches go
 * through them, and how they are invalidated.
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "../../platform/clock.ts";
import type { Log } from "../../platform/log.ts";
import type { FreshnessDefaults } from "../cache/cache-control.ts";
import type { CacheObserver } from "../cache/cache-types.ts";
import { createPrivatePart } from "../cache/key.ts";
import { type OpenCache, openCache } from "../cache/open-cache.ts";
import type { Config } from "../config.ts";
import { createDirectFetcher, type Fetcher } from "../execution/fetcher.ts";
import { redisOptions } from "../../platform/redis-env.ts";
import type { Graph } from "../supergraph/graph.ts";
import { createCachedFetchers } from "./cached-fetcher.ts";
import { followInvalidations } from "./invalidation-stream.ts";
import { createInvalidator, type Invalidator } from "./invalidator.ts";

export type Caching = {
  /** @param space Answers of one space are not found in another. */
  readonly fetchersIn: (space: string) => (graph: Graph) => Fetcher;
  /** Undefined when nothing is cached. */
  readonly cache: OpenCache | undefined;
  readonly invalidator: Invalidator | undefined;
  readonly close: () => Promise<void>;
};

export type CachingDeps = {
  readonly log: Log;
  readonly clock: Clock;
  readonly observer?: CacheObserver;
  readonly current: () => Graph | undefined;
};

/** Without a key that all processes know, private entries are found again by this process only. */
const privateSecret = ({ SIGNING_KEY }: Config): string | Buffer =>
  SIGNING_KEY ? `private cache entries ${SIGNING_KEY.reveal()}` : randomBytes(32);

export function openCaching(config: Config, deps: CachingDeps): Caching {
  const { log, clock, observer, current } = deps;
  const defaultsOf = (subgraph: string): FreshnessDefaults =>
    config.optionsOf(subgraph).cache || {};
  if (!config.CACHE) {
    const direct = createDirectFetcher(defaultsOf);
    const close = async () => {};
    return { fetchersIn: () => () => direct, cache: undefined, invalidator: undefined, close };
  }
  const redis = redisOptions(config);
  const cache = openCache(
    { log, clock, ...(observer ? { observer } : {}) },
    {
      ...(redis ? { redis } : {}),
      namespace: config.CACHE_NAMESPACE,
      memoryBytes: config.CACHE_MEMORY_BYTES,
      redisTimeoutMs: config.REDIS_TIMEOUT_MS,
    },
  );
  const privatePart = createPrivatePart(privateSecret(config));
  const invalidator = createInvalidator({ invalidate: cache.invalidate, current, log });
  const stream =
    redis &&
    followInvalidations({
      redis,
      namespace: config.CACHE_NAMESPACE,
      subgraphs: () => [...(current()?.routingUrls.keys() ?? [])],
      invalidator,
      log,
    });
  return {
    cache,
    invalidator,
    fetchersIn: (space) =>
      createCachedFetchers({
        entries: cache.entries,
        defaultsOf,
        isCached: (subgraph) => config.optionsOf(subgraph).cache !== false,
        clock,
        refreshTimeoutMs: config.REQUEST_TIMEOUT_MS,
        privatePart,
        space,
      }),
    async close() {
      await stream?.stop();
      await cache.close();
    },
  };
}
