/**
 * Puts a cache together: with a URL of Redis both levels and the shared book, without one the memory
 * level and a book of its own. Book and entries have a breaker each, because in a cluster they live
 * on different masters.
 */
import { performance } from "node:perf_hooks";
import type { Log } from "../../platform/log.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import type { CacheObserver } from "./cache-types.ts";
import { createEntryCache, type EntryCache, type EntryCacheOptions } from "./entry-cache.ts";
import type { InvalidationBook } from "./invalidation-book.ts";
import { createLocalBook } from "./local-book.ts";
import { createMemoryLevel, type MemoryLevel } from "./memory-level.ts";
import { createRedisBook } from "./redis-book.ts";
import { connectRedis, type RedisConnectionOptions } from "../../platform/redis-connection.ts";
import { createRedisLevel } from "./redis-level.ts";

export type OpenCacheDeps = {
  readonly log: Log;
  readonly observer?: CacheObserver;
  readonly clock?: () => number;
  readonly monotonicMs?: () => number;
  readonly random?: () => number;
};

export type OpenCacheOptions = EntryCacheOptions & {
  /** Absent: memory alone. See platform/redis-connection.ts for its forms. */
  readonly redis?: Omit<RedisConnectionOptions, "log">;
  /** Before every key, so that several graphs can share one Redis. Default "city-graph". */
  readonly namespace?: string;
  /** Default 64 MiB. */
  readonly memoryBytes?: number;
  /** What Redis may take for one pipeline. Default 25. */
  readonly redisTimeoutMs?: number;
  /** See InvalidationBook.boundMs. The same in all processes. Default 50. */
  readonly boundMs?: number;
  /** Default 100,000. */
  readonly maxTags?: number;
};

export type OpenCache = {
  readonly entries: EntryCache;
  readonly invalidate: InvalidationBook["invalidate"];
  /**
   * Changes with every invalidation that this process learns of; undefined while it cannot say whether
   * there are others. What began under another epoch may show what has been invalidated since.
   */
  readonly epoch: () => string | undefined;
  readonly memoryUsage: MemoryLevel["usage"];
  /** For /ready and metrics; a gateway without Redis is never away from it. */
  readonly redisIsAway: () => boolean;
  readonly close: () => Promise<void>;
};

/** An open breaker for so long: the connection may be dead without the system having noticed. */
const renewAfterMs = 2_000;

function epochOf(book: InvalidationBook): string | undefined {
  if (book.verify() !== true) return undefined;
  const { era, asOf } = book.stamp();
  return `${era} ${asOf}`;
}

export function openCache(deps: OpenCacheDeps, options: OpenCacheOptions = {}): OpenCache {
  const { log, observer, clock = Date.now, random = Math.random } = deps;
  const { monotonicMs = () => performance.now() } = deps;
  const memory = createMemoryLevel(
    options.memoryBytes === undefined ? {} : { maxBytes: options.memoryBytes },
  );
  const common = { memory, clock, monotonicMs, random, ...(observer ? { observer } : {}) };
  const tags = options.maxTags === undefined ? {} : { maxTags: options.maxTags };
  if (!options.redis) {
    const book = createLocalBook(tags);
    return {
      entries: createEntryCache({ ...common, book }, options),
      invalidate: book.invalidate,
      epoch: () => epochOf(book),
      memoryUsage: memory.usage,
      redisIsAway: () => false,
      close: async () => memory.clear(),
    };
  }

  const connection = connectRedis({ ...options.redis, log });
  const { namespace = "city-graph", redisTimeoutMs: timeoutMs = 25 } = options;
  const timers = new Set<NodeJS.Timeout>();
  const breakerOf = (what: string): Breaker => {
    let renewing: NodeJS.Timeout | undefined;
    return createBreaker({
      timeoutMs,
      monotonicMs,
      onChange(open) {
        log[open ? "warn" : "info"](
          { what },
          open ? "Redis fails; left alone" : "Redis answers again",
        );
        if (renewing) {
          clearInterval(renewing);
          timers.delete(renewing);
        }
        if (!open) return;
        renewing = setInterval(connection.renew, renewAfterMs).unref();
        timers.add(renewing);
      },
    });
  };
  const bookBreaker = breakerOf("invalidations");
  const levelBreaker = breakerOf("entries");
  const book = createRedisBook(
    { run: connection.run, breaker: bookBreaker, monotonicMs },
    {
      key: `${namespace}:book`,
      ...(options.boundMs === undefined ? {} : { boundMs: options.boundMs }),
      ...tags,
    },
  );
  const redis = createRedisLevel({ ...connection, breaker: levelBreaker, clock }, { namespace });
  const entries = createEntryCache({ ...common, book, redis }, options);
  return {
    entries,
    invalidate: book.invalidate,
    epoch: () => epochOf(book),
    memoryUsage: memory.usage,
    redisIsAway: () => bookBreaker.isOpen() || levelBreaker.isOpen(),
    async close() {
      for (const timer of timers) clearInterval(timer);
      await entries.settled();
      await book.close();
      await connection.close();
      memory.clear();
    },
  };
}
