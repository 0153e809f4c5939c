/**
 * The level that all processes share: entries in Redis, one key each with its own expiry, and leases on
 * those that are being loaded. Every call is bounded by the breaker; a Redis that fails is a Redis that
 * has nothing. Keys lie in any slot of a cluster (an entry and its lease in the same): each is asked by a
 * command of its own, which the connection sends as one pipeline per node.
 */
import { randomUUID } from "node:crypto";
import type { RedisConnection } from "../../platform/redis-connection.ts";
import type { Breaker } from "./breaker.ts";
import { decodeEntry, encodeEntry, type Entry, keepMs } from "./entry.ts";

type Keyed = readonly (readonly [key: string, entry: Entry])[];

export type RedisLevel = {
  /** Same order as the keys; `undefined` for what is not there, damaged, or came too late. */
  readonly getMany: (keys: readonly string[]) => Promise<readonly (Entry | undefined)[]>;
  readonly setMany: (entries: Keyed) => Promise<void>;
  readonly delete: (key: string) => Promise<void>;
  /** `getMany`, and at the same moment a lease on what is not there. */
  readonly getOrLease: (
    keys: readonly string[],
    leaseMs: number,
  ) => Promise<{
    readonly found: readonly (Entry | undefined)[];
    /** Damaged entries, too: those are there, and nobody has a lease on them. */
    readonly isThere: readonly boolean[];
    readonly lease: Lease;
  }>;
  /** On what is there but of no use. */
  readonly lease: (keys: readonly string[], leaseMs: number) => Promise<Lease>;
};

/**
 * Who may load: of all processes one gets the lease on a key until it gives it back or its time is over.
 * When Redis does not answer everybody gets it: rather two loads than none.
 */
export type Lease = {
  /** Same order as the keys. */
  readonly won: readonly boolean[];
  /** Stores what was loaded, and gives the leases on it back. */
  readonly put: (entries: Keyed) => Promise<void>;
  /** Gives back what is still held; never what somebody else holds by now. */
  readonly release: () => Promise<void>;
};

export type RedisLevelDeps = Pick<RedisConnection, "client" | "run" | "runBuffer"> & {
  readonly breaker: Breaker;
  /** Wall clock: entries carry their birth. */
  readonly clock: () => number;
};

/** KEYS: entry, lease. ARGV: token, milliseconds. The entry; or 1: leased to the caller, 0: to somebody else. */
const getOrLeaseScript = `
local entry = redis.call('GET', KEYS[1])
if entry then return entry end
if redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2], 'NX') then return 1 end
return 0`;
/** KEYS: entry, lease. ARGV: token, milliseconds, entry. */
const putScript = `
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1`;
const releaseScript = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

export function createRedisLevel(
  deps: RedisLevelDeps,
  options: { readonly namespace: string },
): RedisLevel {
  const { client, run, runBuffer, breaker, clock } = deps;
  const { namespace } = options;
  // The braces: a script reads both.
  const entryKey = (key: string) => `${namespace}:e:{${key}}`;
  const leaseKey = (key: string) => `${namespace}:l:{${key}}`;

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

  /** What of it is still to be kept. */
  const lasting = (entries: Keyed) =>
    entries.flatMap(([key, entry]) => {
      const ttlMs = Math.floor(keepMs(entry, clock()));
      return ttlMs > 0 ? [{ key, ttlMs, bytes: encodeEntry(key, entry) }] : [];
    });

  function leaseOf(keys: readonly string[], token: string, won: readonly boolean[]): Lease {
    const held = new Set(keys.filter((_key, index) => won[index]));
    return {
      won,
      async put(entries) {
        const kept = lasting(entries);
        const stored = await each(
          kept.map(
            ({ key, ttlMs, bytes }) =>
              () =>
                run(putScript, [entryKey(key), leaseKey(key)], [token, ttlMs, bytes]),
          ),
        );
        for (const [index, { key }] of kept.entries())
          if (stored[index] !== undefined) held.delete(key);
      },
      async release() {
        await each([...held].map((key) => () => run(releaseScript, [leaseKey(key)], [token])));
        held.clear();
      },
    };
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
        lasting(entries).map(
          ({ key, ttlMs, bytes }) =>
            () =>
              client.set(entryKey(key), bytes, "PX", ttlMs),
        ),
      );
    },
    async delete(key) {
      await each([() => client.unlink(entryKey(key))]);
    },
    async getOrLease(keys, leaseMs) {
      const token = randomUUID();
      const answers = await each(
        keys.map(
          (key) => () =>
            runBuffer(getOrLeaseScript, [entryKey(key), leaseKey(key)], [token, leaseMs]),
        ),
      );
      const found = answers.map((answer, index) =>
        Buffer.isBuffer(answer) ? decodeEntry(keys[index] ?? "", answer) : undefined,
      );
      // undefined: Redis did not answer.
      const won = answers.map((answer) => answer === 1 || answer === undefined);
      const isThere = answers.map((answer) => Buffer.isBuffer(answer));
      return { found, isThere, lease: leaseOf(keys, token, won) };
    },
    async lease(keys, leaseMs) {
      const token = randomUUID();
      const answers = await each(
        keys.map((key) => () => client.set(leaseKey(key), token, "PX", leaseMs, "NX")),
      );
      // null: somebody else has it. undefined: Redis did not answer.
      const won = answers.map((answer) => answer !== null);
      return leaseOf(keys, token, won);
    },
  };
}
