/**
 * Fills what a reader misses: looks in Redis, takes the leases, loads what nobody else loads in ONE
 * call, stores it in both levels and lands the flights. Of all processes one loads a key; the others
 * look for its result every few milliseconds, and load themselves when it does not come.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { CacheItem, CacheObserver, Load, Loaded, LoadReason } from "./cache-types.ts";
import { type Entry, entryOf } from "./entry.ts";
import type { Flight, Landing } from "./flights.ts";
import { type Freshness, remainingMs, Scope, withJitter } from "./freshness.ts";
import { checkTag, type InvalidationBook } from "./invalidation-book.ts";
import { judge, Use } from "./judge.ts";
import type { MemoryLevel } from "./memory-level.ts";
import type { Lease, RedisLevel } from "./redis-level.ts";

export type FillDeps = {
  readonly book: InvalidationBook;
  readonly memory: MemoryLevel;
  /** Absent in a gateway that runs alone. */
  readonly redis: RedisLevel | undefined;
  readonly clock: () => number;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly observer: CacheObserver;
  /** Told of keys whose values turned out not to be for sharing, and of those that are again. */
  readonly passes: { readonly add: (key: string) => void; readonly remove: (key: string) => void };
};

export type FillOptions = {
  /** The largest part of a lifetime that jitter takes off. */
  readonly jitter: number;
  /** A process that died with a lease holds the others up for so long at most. */
  readonly leaseMs: number;
  /** How long a reader waits for another process's load before it loads itself. */
  readonly leaseWaitMs: number;
};

/** One item that is missing. */
export type Wanted<Item extends CacheItem> = {
  readonly item: Item;
  readonly flight: Flight;
  /** What the cache had, for when the origin fails, and so that a refresh wants something newer. */
  readonly old: Entry | undefined;
};

export type FillMode<Item extends CacheItem> = {
  readonly load: Load<Item>;
  readonly reason: LoadReason;
  readonly write: boolean;
};

export type Fill = {
  /** Redis, leases, origin. Never rejects; every flight lands. */
  readonly through: <Item extends CacheItem>(
    wanted: readonly Wanted<Item>[],
    mode: FillMode<Item>,
  ) => Promise<void>;
  /** The origin at once. Never rejects; every flight lands. */
  readonly direct: <Item extends CacheItem>(
    wanted: readonly Wanted<Item>[],
    mode: FillMode<Item>,
  ) => Promise<void>;
};

type Loading<Item extends CacheItem> = {
  /** What another process is loading. */
  readonly theirs: readonly Wanted<Item>[];
  readonly loads: readonly Promise<void>[];
};

const firstPollMs = 4;
const slowestPollMs = 50;
const mostTags = 128;

const abandoned: Landing = {
  kind: "abandoned",
  error: new Error("Another process is loading it."),
};

const newer = (one: Entry | undefined, two: Entry | undefined): Entry | undefined =>
  one && two ? (two.bornAtMs > one.bornAtMs ? two : one) : (one ?? two);

function tagsFit(tags: readonly string[]): boolean {
  try {
    return tags.length <= mostTags && tags.every(checkTag);
  } catch {
    return false;
  }
}

type Value = Extract<Loaded, { kind: "value" }>;
type Shareable = Value & { readonly freshness: Freshness };

/** @returns a sentence for developers, or `undefined` for a value that may be stored and shared. */
function whyNotShared(item: CacheItem, { freshness, tags }: Value): string | undefined {
  if (!freshness) return "The origin does not allow storing it.";
  if (freshness.scope === Scope.Private && item.scope === Scope.Public) {
    return "The origin calls it private, but its key is everybody's.";
  }
  const endMs = Math.max(freshness.staleWhileRevalidateMs, freshness.staleIfErrorMs);
  if (remainingMs(freshness) + endMs <= 0) return "It was over its lifetime when it came.";
  return tagsFit(tags) ? undefined : "It has too many tags, or one that is too long.";
}

export function createFill(deps: FillDeps, options: FillOptions): Fill {
  const { book, memory, redis, clock, monotonicMs, random, observer, passes } = deps;
  const { jitter, leaseMs, leaseWaitMs } = options;

  /** Lands what is of use; returns the rest. */
  function landFound<Item extends CacheItem>(
    wanted: readonly Wanted<Item>[],
    found: readonly (Entry | undefined)[],
    reason: LoadReason,
  ): Wanted<Item>[] {
    const nowMs = clock();
    return wanted.flatMap((one, index) => {
      const entry = found[index];
      if (!entry || !book.isValid(entry.stamp, entry.tags)) return [one];
      const use = judge(entry, nowMs, random);
      const isLive = use === Use.Fresh || use === Use.Early;
      const fits =
        reason === "refresh"
          ? isLive && entry.bornAtMs > (one.old?.bornAtMs ?? 0)
          : isLive || use === Use.Revalidate;
      if (!fits) return [{ ...one, old: newer(one.old, entry) }];
      memory.set(one.item.key, entry, nowMs);
      one.flight.land({ kind: "entry", entry, source: "redis" });
      return [];
    });
  }

  /** @returns the entry to store in Redis, if any. */
  function land(
    { item, flight, old }: Wanted<CacheItem>,
    loaded: Loaded,
    stamp: ReturnType<InvalidationBook["stamp"]>,
    computeMs: number,
    write: boolean,
  ): Entry | undefined {
    if (loaded.kind === "cancelled") {
      flight.land({ kind: "abandoned", error: loaded.error });
      return undefined;
    }
    const nowMs = clock();
    if (loaded.kind === "failure") {
      const use = old && judge(old, nowMs, random);
      const mayServe = old && use !== Use.Over && book.isValid(old.stamp, old.tags);
      flight.land(
        mayServe
          ? { kind: "entry", entry: old, source: "memory", insteadOf: loaded.error }
          : { kind: "failure", error: loaded.error },
      );
      return undefined;
    }
    const nowhere = whyNotShared(item, loaded);
    if (nowhere !== undefined) {
      passes.add(item.key);
      flight.land({ kind: "own", value: loaded, note: nowhere });
      return undefined;
    }
    const { value, freshness, tags } = loaded as Shareable;
    const lived = withJitter(freshness, jitter, random);
    const entry = entryOf(value, lived, tags, computeMs, stamp, nowMs);
    passes.remove(item.key);
    if (write) memory.set(item.key, entry, nowMs);
    flight.land({ kind: "entry", entry, source: "origin" });
    return write ? entry : undefined;
  }

  async function load<Item extends CacheItem>(
    wanted: readonly Wanted<Item>[],
    mode: FillMode<Item>,
    lease?: Lease,
  ): Promise<void> {
    if (wanted.length === 0) return;
    // Before the load: what is invalidated from here on makes its result a miss.
    const stamp = book.stamp();
    const startedMs = monotonicMs();
    const items = wanted.map(({ item }) => item);
    let results: readonly Loaded[];
    try {
      results = await mode.load(items, mode.reason);
    } catch (error) {
      results = items.map(() => ({ kind: "failure", error }));
    }
    const computeMs = monotonicMs() - startedMs;
    const entries: [string, Entry][] = [];
    wanted.forEach((one, index) => {
      const result = results[index] ?? {
        kind: "failure",
        error: new Error(`A load of ${items.length} items gave ${results.length} results.`),
      };
      const ok = result.kind === "value";
      observer.loaded?.(one.item.labels, mode.reason, ok, computeMs);
      const entry = land(one, result, stamp, computeMs, mode.write);
      if (entry) entries.push([one.item.key, entry]);
    });
    if (entries.length > 0) await (lease ? lease.put(entries) : redis?.setMany(entries));
  }

  /** Loads what it gets the lease for. @returns what another process is loading. */
  async function loadLeased<Item extends CacheItem>(
    level: RedisLevel,
    wanted: readonly Wanted<Item>[],
    mode: FillMode<Item>,
  ): Promise<Loading<Item>> {
    if (wanted.length === 0) return { theirs: [], loads: [] };
    const keys = wanted.map(({ item }) => item.key);
    const lease = await level.lease(keys, leaseMs);
    const mine = wanted.filter((_one, index) => lease.won[index]);
    const loadMine = async () => {
      // Between the look-up and the lease another process may have finished.
      const found = mine.length > 0 ? await level.getMany(mine.map(({ item }) => item.key)) : [];
      await load(landFound(mine, found, mode.reason), mode, lease);
      await lease.release();
    };
    return { theirs: wanted.filter((_one, index) => !lease.won[index]), loads: [loadMine()] };
  }

  /** Lands what Redis has, loads what it gets the lease for. @returns what another process is loading. */
  async function findOrLoad<Item extends CacheItem>(
    level: RedisLevel,
    wanted: readonly Wanted<Item>[],
    mode: FillMode<Item>,
  ): Promise<Loading<Item>> {
    const keys = wanted.map(({ item }) => item.key);
    const { found, isThere, lease } = await level.getOrLease(keys, leaseMs);
    const mine = wanted.filter((_one, index) => lease.won[index]);
    const others = wanted.map((one, index) => [one, index] as const);
    const there = others.filter(([, index]) => isThere[index]);
    const loadMine = async () => {
      await load(mine, mode, lease);
      await lease.release();
    };
    const loads = mine.length > 0 ? [loadMine()] : [];
    const useless = landFound(
      there.map(([one]) => one),
      there.map(([, index]) => found[index]),
      mode.reason,
    );
    const { theirs, loads: more } = await loadLeased(level, useless, mode);
    const leased = others.flatMap(([one, index]) =>
      isThere[index] || lease.won[index] ? [] : [one],
    );
    return { theirs: [...leased, ...theirs], loads: [...loads, ...more] };
  }

  async function throughRedis<Item extends CacheItem>(
    level: RedisLevel,
    wanted: readonly Wanted<Item>[],
    mode: FillMode<Item>,
  ): Promise<void> {
    let rest: readonly Wanted<Item>[] = wanted;
    const allLoads: Promise<void>[] = [];
    const startedMs = monotonicMs();
    for (let pollMs = firstPollMs; rest.length > 0; pollMs = Math.min(pollMs * 2, slowestPollMs)) {
      const { theirs, loads } = await findOrLoad(level, rest, mode);
      allLoads.push(...loads);
      if (theirs.length === 0) break;
      if (mode.reason === "refresh") {
        for (const { flight } of theirs) flight.land(abandoned);
        break;
      }
      if (monotonicMs() - startedMs > leaseWaitMs) {
        allLoads.push(load(theirs, mode));
        break;
      }
      await sleep(pollMs);
      rest = theirs;
    }
    await Promise.all(allLoads);
  }

  const landAll =
    (wanted: readonly Wanted<CacheItem>[]) =>
    (error: unknown): void => {
      for (const { flight } of wanted) flight.land({ kind: "failure", error });
    };

  return {
    through: (wanted, mode) =>
      (redis ? throughRedis(redis, wanted, mode) : load(wanted, mode)).catch(landAll(wanted)),
    direct: (wanted, mode) => load(wanted, mode).catch(landAll(wanted)),
  };
}
