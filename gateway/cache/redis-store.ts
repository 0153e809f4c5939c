/**
 * The shared store, on Redis in any of its forms (platform/redis-connection.ts). Commands are bounded in time and
 * never queue while Redis is away: a slow or dead Redis costs a request milliseconds, not its answer.
 */
import { performance } from "node:perf_hooks";
import { createBreaker } from "./breaker.ts";
import { connectRedis, type RedisConnectionOptions } from "../../platform/redis-connection.ts";
import type { Store } from "./store.ts";

export type RedisStoreOptions = RedisConnectionOptions & {
  /** Before every key, so that several graphs can share one Redis. Default "city-graph:". */
  readonly keyPrefix?: string;
  /** A command that has not been answered by then counts as failed. Default 50. */
  readonly commandTimeoutMs?: number;
};

export function createRedisStore(options: RedisStoreOptions): Store {
  const { keyPrefix = "city-graph:", commandTimeoutMs = 50 } = options;
  const { client, close } = connectRedis(options);
  const breaker = createBreaker({
    timeoutMs: commandTimeoutMs,
    monotonicMs: () => performance.now(),
  });
  const keyOf = (key: string): string => keyPrefix + key;
  return {
    kind: "redis",
    get: async (key) => (await breaker.run(() => client.get(keyOf(key)))) ?? undefined,
    async set(key, value, ttlSeconds) {
      await breaker.run(() => client.set(keyOf(key), value, "EX", ttlSeconds));
    },
    async delete(key) {
      await breaker.run(() => client.del(keyOf(key)));
    },
    close,
  };
}
