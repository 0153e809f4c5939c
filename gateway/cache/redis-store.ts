/**
 * The shared store, on Redis through ioredis. Commands are bounded in time and never queue while
 * Redis is away: a slow or dead Redis costs a request milliseconds, not its answer.
 */
import { Redis } from "ioredis";
import type { Log } from "../../platform/log.ts";
import type { Store } from "./store.ts";

export type RedisStoreOptions = {
  readonly url: string;
  /** Before every key, so that several graphs can share one Redis. Default "city-graph:". */
  readonly keyPrefix?: string;
  /** A command that has not been answered by then counts as failed. Default 50. */
  readonly commandTimeoutMs?: number;
  readonly log: Log;
};

// A failed command is told once by the connection's events, not once per command.
const orNothing = (): undefined => undefined;

export function createRedisStore(options: RedisStoreOptions): Store {
  const { url, keyPrefix = "city-graph:", commandTimeoutMs = 50, log } = options;
  const redis = new Redis(url, {
    keyPrefix,
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  let wasReady = true;
  redis.on("error", (error: Error) => {
    if (wasReady) log.warn({ err: error }, "Redis is away; going on without it");
    wasReady = false;
  });
  redis.on("ready", () => {
    if (!wasReady) log.info("Redis is back");
    wasReady = true;
  });
  return {
    kind: "redis",
    get: async (key) => (await redis.get(key).catch(orNothing)) ?? undefined,
    async set(key, value, ttlSeconds) {
      await redis.set(key, value, "EX", ttlSeconds).catch(orNothing);
    },
    async delete(key) {
      await redis.del(key).catch(orNothing);
    },
    async close() {
      await redis.quit().catch(() => redis.disconnect());
    },
  };
}
