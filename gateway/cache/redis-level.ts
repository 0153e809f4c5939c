/**
 * The level that all processes share: entries in Redis, one key each with its own expiry. Every call
 * is bounded by the breaker; a Redis that fails is a Redis that has nothing. Keys lie in any slot of
 * a cluster: reads are single GETs that the connection sends as one pipeline per node.
 */
import { randomUUID } from "node:crypto";
import type { Cluster, Redis } from "ioredis";
import type { Breaker } from "./breaker.ts";
import { decodeEntry, encodeEntry, type Entry, keepMs } from "./entry.ts";

export type RedisLevel = {
  /** Same order as the keys; `undefined` for what is not there, damaged, or came too late. */
  readonly getMany: (keys: readonly string[]) => Promise<readonly (Entry | undefined)[]>;
  readonly setMany: (entries: readonly (readonly [key: string, entry: Entry])[]) => Promise<void>;
  readonly delete: (key: string) => Promise<void>;
  /**
   * For each key whether this caller may load it. Of all processes one gets the lease until it gives
   * it back or `leaseMs` are over. When Redis does not answer everybody gets it: rather two loads
   * than none.
   */
  readonly lease: (keys: readonly string[], leaseMs: number) => Promise<Lease>;
};

export type Lease = {
  readonly won: readonly boolean[];
  /** Gives back what was won; never what somebody else holds by now. */
  readonly release: () => Promise<void>;
};

export type RedisLevelDeps = {
  readonly client: Redis | Cluster;
  readonly breaker: Breaker;
  /** Wall clock: entries carry their birth. */
  readonly clock: () => number;
};

const releaseScript = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

export function createRedisLevel(
  deps: RedisLevelDeps,
  options: { readonly namespace: string },
): RedisLevel {
  const { client, breaker, clock } = deps;
  const { namespace } = options;
  const entryKey = (key: string) => `${namespace}:e:${key}`;
  const leaseKey = (key: string) => `${namespace}:l:${key}`;

  /** One node of a cluster that fails takes only its own keys away. */
  async function each<T>(calls: readonly (() => Promise<T>)[]): Promise<(T | undefined)[]> {
    if (calls.length === 0) return [];
    const results = await breaker.run(async () => {
      const settled = await Promise.allSettled(calls.map((call) => call()));
      const first = settled[0];
      if (first?.status === "rejected" && settled.every(({ status }) => status === "rejected")) {
        throw first.reason;
      }
      return settled.map((one) => (one.status === "fulfilled" ? one.value : undefined));
    });
    return results ?? calls.map(() => undefined);
  }

  return {
    async getMany(keys) {
      const found = await each(keys.map((key) => () => client.getBuffer(entryKey(key))));
      return found.map((bytes, index) =>
        bytes ? decodeEntry(keys[index] ?? "", bytes) : undefined,
      );
    },
    async setMany(entries) {
      await each(
        entries.flatMap(([key, entry]) => {
          const ttlMs = Math.floor(keepMs(entry, clock()));
          if (ttlMs <= 0) return [];
          const bytes = encodeEntry(key, entry);
          return [() => client.set(entryKey(key), bytes, "PX", ttlMs)];
        }),
      );
    },
    async delete(key) {
      await each([() => client.unlink(entryKey(key))]);
    },
    async lease(keys, leaseMs) {
      const token = randomUUID();
      const answers = await each(
        keys.map((key) => () => client.set(leaseKey(key), token, "PX", leaseMs, "NX")),
      );
      // null: somebody else has it. undefined: Redis did not answer.
      const won = answers.map((answer) => answer !== null);
      return {
        won,
        async release() {
          const held = keys.filter((_key, index) => answers[index] === "OK");
          await each(held.map((key) => () => client.eval(releaseScript, 1, leaseKey(key), token)));
        },
      };
    },
  };
}
