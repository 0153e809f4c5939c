/**
 * The front of the cache: many keys in, an answer for each out, what is missing loaded in one call.
 * It knows nothing of GraphQL.
 *
 * Promise: a read never returns a value that carries a tag whose invalidation was reported as done
 * before the read began (invalidation-book.ts; redis-book.ts has the argument). For readers who wait
 * for another reader's load the value is checked again when it lands. When the book cannot be read
 * (Redis away) nothing stored is served: readers go to the origin, and join only loads that began no
 * longer than `boundMs` ago, which saw everything that was done before the reader came.
 */
import { LRUCache } from "lru-cache";
import {
  type CacheAnswer,
  type CacheItem,
  type CacheObserver,
  CacheStatus,
  type CacheUse,
  type Load,
  LoadReason,
} from "./cache-types.ts";
import { type Entry, freshnessOf } from "./entry.ts";
import { createFill, type Wanted } from "./fill.ts";
import { createFlights, type Flight, type Landing } from "./flights.ts";
import type { InvalidationBook } from "./invalidation-book.ts";
import { judge, Use } from "./judge.ts";
import type { MemoryLevel } from "./memory-level.ts";
import type { RedisLevel } from "./redis-level.ts";

export type EntryCacheDeps = {
  readonly book: InvalidationBook;
  readonly memory: MemoryLevel;
  /** Absent in a gateway that runs alone. */
  readonly redis?: RedisLevel | undefined;
  /** Wall clock, milliseconds. */
  readonly clock: () => number;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly observer?: CacheObserver;
};

export type EntryCacheOptions = {
  /** The largest part of a lifetime that jitter takes off, 0 to 1. Default 0.1. */
  readonly jitter?: number;
  /** Default 5,000. */
  readonly leaseMs?: number;
  /** Default 1,000. */
  readonly leaseWaitMs?: number;
  /** How long a key whose value may not be shared is loaded without waiting in line. Default 10,000. */
  readonly passMs?: number;
  /** After a failed load: how long the older entry is served without trying again. Default 1,000. */
  readonly restMs?: number;
};

export type EntryCache = {
  /**
   * Answers in the order of the items. Never rejects: a load that failed is an answer of kind
   * "failure". `load` is called once for all that is missing, unless another process loads part of
   * it, or a load that was waited for turns out not to be for sharing.
   */
  readonly readMany: <Item extends CacheItem>(
    items: readonly Item[],
    load: Load<Item>,
    use?: CacheUse,
  ) => Promise<readonly CacheAnswer[]>;
  /** For operators: what this process sees under a key. Loads nothing. */
  readonly inspect: (key: string) => Promise<Inspection | undefined>;
  /** Resolves when the refreshes in the background have ended. */
  readonly settled: () => Promise<void>;
};

export type Inspection = {
  readonly source: "memory" | "redis";
  readonly entry: Entry;
  readonly valid: boolean;
};

/** After so many loads that did not suit a reader who waited, it loads by itself. */
const mostTries = 3;
const originFailed = "The origin failed; this is what the cache had.";
const bookUnknown = "The invalidations cannot be read from Redis; nothing stored is believed.";

export function createEntryCache(
  deps: EntryCacheDeps,
  options: EntryCacheOptions = {},
): EntryCache {
  const { book, memory, redis, clock, monotonicMs, random, observer = {} } = deps;
  const { jitter = 0.1, leaseMs = 5_000, leaseWaitMs = 1_000 } = options;
  const { passMs = 10_000, restMs = 1_000 } = options;
  const flights = createFlights();
  const passing = new LRUCache<string, true>({ max: 10_000, ttl: passMs });
  const resting = new LRUCache<string, true>({ max: 10_000, ttl: restMs });
  const passes = {
    add: (key: string) => void passing.set(key, true),
    remove: (key: string) => void passing.delete(key),
  };
  const fill = createFill(
    { book, memory, redis, clock, monotonicMs, random, observer, passes },
    { jitter, leaseMs, leaseWaitMs },
  );
  const refreshes = new Set<Promise<void>>();

  function fromEntry(
    entry: Entry,
    status: CacheStatus,
    source: "memory" | "redis" | "origin" | "joined",
    note?: string,
  ): CacheAnswer {
    const { value, tags } = entry;
    const freshness = freshnessOf(entry, clock());
    return { kind: "value", value, status, source, freshness, tags, ...(note ? { note } : {}) };
  }

  function fromLanding(landing: Landing, joined: boolean): CacheAnswer {
    if (landing.kind === "own") {
      const { value, freshness, tags } = landing.value;
      const { note } = landing;
      const status = CacheStatus.Bypass;
      return { kind: "value", value, status, source: "origin", freshness, tags, note };
    }
    if (landing.kind !== "entry") {
      return { kind: "failure", error: landing.error, status: CacheStatus.Miss };
    }
    const { entry, source, insteadOf } = landing;
    if (insteadOf !== undefined) return fromEntry(entry, CacheStatus.Stale, source, originFailed);
    if (source === "origin") return fromEntry(entry, CacheStatus.Miss, joined ? "joined" : source);
    const use = judge(entry, clock(), () => 0);
    return fromEntry(entry, use === Use.Fresh ? CacheStatus.Hit : CacheStatus.Stale, source);
  }

  /** A dead origin is asked now and then, not by every reader of what the cache still has. */
  async function restIfFailed(key: string, flight: Flight): Promise<void> {
    const landing = await flight.landing;
    if (landing.kind === "entry" && landing.insteadOf !== undefined) resting.set(key, true);
  }

  function refresh<Item extends CacheItem>(
    due: readonly { readonly item: Item; readonly old: Entry }[],
    load: Load<Item>,
  ): void {
    const startedMs = monotonicMs();
    const wanted = due
      .filter(({ item }) => !flights.get(item.key) && !resting.has(item.key))
      .map(({ item, old }) => ({ item, old, flight: flights.begin(item.key, startedMs, false) }));
    if (wanted.length === 0) return;
    const mode = { load, reason: LoadReason.Refresh, write: true };
    for (const { item, flight } of wanted) void restIfFailed(item.key, flight);
    const work = fill.through(wanted, mode).finally(() => refreshes.delete(work));
    refreshes.add(work);
  }

  /** Loads for this reader alone. */
  async function alone<Item extends CacheItem>(
    items: readonly Item[],
    load: Load<Item>,
    write: boolean,
    note: string | undefined,
  ): Promise<CacheAnswer[]> {
    const wanted = items.map((item) => {
      return { item, old: undefined, flight: flights.alone(monotonicMs()) };
    });
    await fill.direct(wanted, { load, reason: LoadReason.Miss, write });
    const answers = wanted.map(async ({ flight }) => fromLanding(await flight.landing, false));
    return (await Promise.all(answers)).map((answer) => bypassed(answer, note));
  }

  function bypassed(answer: CacheAnswer, note: string | undefined): CacheAnswer {
    if (note === undefined) return answer;
    const status = CacheStatus.Bypass;
    return answer.kind === "value"
      ? { ...answer, status, note: answer.note ?? note }
      : { ...answer, status };
  }

  /** The book cannot be read: nothing stored is believed, but loads are still shared. */
  async function withoutBook<Item extends CacheItem>(
    items: readonly Item[],
    load: Load<Item>,
    write: boolean,
  ): Promise<CacheAnswer[]> {
    const nowMs = monotonicMs();
    const leading: Wanted<Item>[] = [];
    const joined = items.map((item) => {
      const under = flights.get(item.key);
      // A load that began within the bound saw every invalidation that was done before this read.
      if (under?.direct && under.startedMs >= nowMs - book.boundMs && !passing.has(item.key)) {
        return { flight: under, joins: true };
      }
      const flight = passing.has(item.key)
        ? flights.alone(nowMs)
        : flights.begin(item.key, nowMs, true);
      leading.push({ item, flight, old: undefined });
      return { flight, joins: false };
    });
    void fill.direct(leading, { load, reason: LoadReason.Miss, write });
    return Promise.all(
      joined.map(async ({ flight, joins }, index) => {
        const landing = await flight.landing;
        const fits = !joins || landing.kind === "entry" || landing.kind === "failure";
        if (fits) return bypassed(fromLanding(landing, joins), bookUnknown);
        const [answer] = await alone(items.slice(index, index + 1), load, write, bookUnknown);
        return answer as CacheAnswer;
      }),
    );
  }

  async function readKnown<Item extends CacheItem>(
    items: readonly Item[],
    load: Load<Item>,
    write: boolean,
    tries: number,
  ): Promise<CacheAnswer[]> {
    const nowMs = clock();
    const startedMs = monotonicMs();
    const answers: (CacheAnswer | undefined)[] = items.map(() => undefined);
    const waiting: { index: number; flight: Flight; joins: boolean }[] = [];
    const leading: Wanted<Item>[] = [];
    const own: Wanted<Item>[] = [];
    const due: { item: Item; old: Entry }[] = [];

    items.forEach((item, index) => {
      const held = memory.get(item.key);
      const old = held && book.isValid(held.stamp, held.tags) ? held : undefined;
      const use = old ? judge(old, nowMs, random) : Use.Over;
      if (old && (use === Use.Fresh || use === Use.Early || use === Use.Revalidate)) {
        if (use !== Use.Fresh) due.push({ item, old });
        const status = use === Use.Revalidate ? CacheStatus.Stale : CacheStatus.Hit;
        answers[index] = fromEntry(old, status, "memory");
        return;
      }
      if (old && use === Use.IfError && resting.has(item.key)) {
        answers[index] = fromEntry(old, CacheStatus.Stale, "memory", originFailed);
        return;
      }
      if (passing.has(item.key)) {
        const flight = flights.alone(startedMs);
        waiting.push({ index, flight, joins: false });
        own.push({ item, flight, old });
        return;
      }
      const under = flights.get(item.key);
      const flight = under ?? flights.begin(item.key, startedMs, false);
      waiting.push({ index, flight, joins: under !== undefined });
      if (under) return;
      void restIfFailed(item.key, flight);
      leading.push({ item, flight, old });
    });

    const mode = { load, reason: LoadReason.Miss, write };
    if (due.length > 0) refresh(due, load);
    if (leading.length > 0) void fill.through([...leading, ...own], mode);
    else if (own.length > 0) void fill.direct(own, mode);

    const again: number[] = [];
    const dueFromRedis: typeof due = [];
    for (const { index, flight, joins } of waiting) {
      const landing = await flight.landing;
      const item = items[index];
      if (item && landing.kind === "entry" && landing.source === "redis") {
        const { entry } = landing;
        const use = judge(entry, clock(), random);
        if (use !== Use.Fresh) dueFromRedis.push({ item, old: entry });
      }
      const fits =
        !joins ||
        landing.kind === "failure" ||
        (landing.kind === "entry" && book.isValid(landing.entry.stamp, landing.entry.tags));
      if (fits) answers[index] = fromLanding(landing, joins);
      else again.push(index);
    }
    if (dueFromRedis.length > 0) refresh(dueFromRedis, load);
    if (again.length > 0) {
      const rest = again.flatMap((index) => items.slice(index, index + 1));
      const more =
        tries < mostTries
          ? await read(rest, load, write, tries + 1)
          : await alone(rest, load, write, undefined);
      again.forEach((index, position) => {
        answers[index] = more[position];
      });
    }
    return answers as CacheAnswer[];
  }

  async function read<Item extends CacheItem>(
    items: readonly Item[],
    load: Load<Item>,
    write: boolean,
    tries: number,
  ): Promise<CacheAnswer[]> {
    const verified = book.verify();
    const known = typeof verified === "boolean" ? verified : await verified;
    return known ? readKnown(items, load, write, tries) : withoutBook(items, load, write);
  }

  return {
    async readMany(items, load, use = {}) {
      const { read: mayRead = true, write = true } = use;
      const answers = mayRead
        ? await read(items, load, write, 1)
        : await alone(items, load, write, "The caller asked for a new value.");
      answers.forEach((answer, index) => {
        const labels = items[index]?.labels;
        if (labels && answer.kind === "value") {
          observer.answered?.(labels, answer.status, answer.source);
        }
      });
      return answers;
    },
    async inspect(key) {
      const held = memory.get(key);
      const entry = held ?? (await redis?.getMany([key]))?.[0];
      if (!entry) return undefined;
      const valid = (await book.verify()) && book.isValid(entry.stamp, entry.tags);
      return { source: held ? "memory" : "redis", entry, valid };
    },
    async settled() {
      await Promise.all(refreshes);
    },
  };
}
