import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import type { CacheItem, Loaded } from "../../../gateway/cache/cache-types.ts";
import {
  type OpenCache,
  openCache,
  type OpenCacheOptions,
} from "../../../gateway/cache/open-cache.ts";
import { silentLog } from "../../../platform/log.ts";
import { until } from "./redis-servers.ts";
import { createToyOrigin, fresh, item, textOf } from "./toy-origin.ts";

type Opened = OpenCache & { readonly pass: (ms: number) => void };

/** A cache with a clock that the test moves, and no luck in it: jitter and early refresh are off. */
function open(options: OpenCacheOptions): Opened {
  let aheadMs = 0;
  const clock = () => Date.now() + aheadMs;
  const cache = openCache({ log: silentLog, clock, random: () => 0 }, options);
  onTestFinished(() => cache.close());
  return {
    ...cache,
    pass(ms) {
      aheadMs += ms;
    },
  };
}

const openMemory = async () => open({ restMs: 50 });

async function openRedis(namespace: string = randomUUID()): Promise<Opened> {
  const cache = open({
    redis: { url: inject("redisUrl") },
    namespace,
    // The machine of the tests is busy: what is bounded here is not what is tested here.
    redisTimeoutMs: 2_000,
    restMs: 50,
  });
  const probe = createToyOrigin();
  await until(async () => {
    const [answer] = await cache.entries.readMany([item("probe")], probe.load);
    return answer?.kind === "value" && answer.status !== "bypass";
  });
  return cache;
}

const caches = [
  { kind: "memory alone", openOne: openMemory },
  { kind: "memory and Redis", openOne: () => openRedis() },
] as const;

describe.each(caches)("a cache with $kind", ({ openOne }) => {
  test("loads what is missing in one call, in the order of the items, and then has it", async () => {
    const { entries } = await openOne();
    const origin = createToyOrigin();
    const first = await entries.readMany(
      ["a", "b"].map((key) => item(key)),
      origin.load,
    );
    expect(first.map(textOf)).toEqual(["a@0", "b@0"]);
    expect(first.map(({ status }) => status)).toEqual(["miss", "miss"]);
    const second = await entries.readMany(
      ["c", "b", "a", "d"].map((key) => item(key)),
      origin.load,
    );
    expect(second.map(textOf)).toEqual(["c@0", "b@0", "a@0", "d@0"]);
    expect(second.map(({ status }) => status)).toEqual(["miss", "hit", "hit", "miss"]);
    expect(origin.loads.map(({ keys }) => keys)).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });

  test("a key asked for twice in one call is loaded once", async () => {
    const { entries } = await openOne();
    const origin = createToyOrigin();
    const answers = await entries.readMany(
      ["a", "a"].map((key) => item(key)),
      origin.load,
    );
    expect(answers.map(textOf)).toEqual(["a@0", "a@0"]);
    expect(origin.loads.map(({ keys }) => keys)).toEqual([["a"]]);
  });

  test("1,000 readers of a cold key, and of one that is over, make one load each", async () => {
    const { entries, pass } = await openOne();
    const origin = createToyOrigin(fresh({ maxAgeMs: 10_000 }));
    origin.delayMs = 30;
    const readAll = () =>
      Promise.all(Array.from({ length: 1_000 }, () => entries.readMany([item("a")], origin.load)));
    expect(new Set((await readAll()).flat().map(textOf))).toEqual(new Set(["a@0"]));
    expect(origin.loads).toHaveLength(1);
    pass(10_001);
    origin.versions.set("a", 1);
    expect(new Set((await readAll()).flat().map(textOf))).toEqual(new Set(["a@1"]));
    expect(origin.loads).toHaveLength(2);
  });

  test("a stale value that may be served is served while one load in the background renews it", async () => {
    const { entries, pass } = await openOne();
    const origin = createToyOrigin(fresh({ maxAgeMs: 10_000, staleWhileRevalidateMs: 5_000 }));
    await entries.readMany([item("a")], origin.load);
    pass(12_000);
    origin.versions.set("a", 1);
    const stale = await Promise.all(
      Array.from({ length: 100 }, () => entries.readMany([item("a")], origin.load)),
    );
    expect(stale.flat().map(({ status }) => status)).toEqual(Array(100).fill("stale"));
    await entries.settled();
    const [renewed] = await entries.readMany([item("a")], origin.load);
    expect([renewed?.status, textOf(renewed)]).toEqual(["hit", "a@1"]);
    expect(origin.loads.map(({ reason }) => reason)).toEqual(["miss", "refresh"]);
  });

  test("after the time for stale answers readers wait for the new value", async () => {
    const { entries, pass } = await openOne();
    const origin = createToyOrigin(fresh({ maxAgeMs: 10_000, staleWhileRevalidateMs: 5_000 }));
    await entries.readMany([item("a")], origin.load);
    pass(15_001);
    origin.versions.set("a", 1);
    const [answer] = await entries.readMany([item("a")], origin.load);
    expect([answer?.status, textOf(answer)]).toEqual(["miss", "a@1"]);
  });

  test("an origin that fails is covered by what the cache had, as long as the origin allowed it", async () => {
    const { entries, pass } = await openOne();
    const origin = createToyOrigin(fresh({ maxAgeMs: 10_000, staleIfErrorMs: 20_000 }));
    await entries.readMany([item("a")], origin.load);
    pass(15_000);
    origin.answer = () => ({ kind: "failure", error: new Error("down") });
    const [stale] = await entries.readMany([item("a")], origin.load);
    expect([stale?.status, textOf(stale)]).toEqual(["stale", "a@0"]);
    expect(stale?.kind === "value" && stale.note).toContain("origin failed");
    // A dead origin is not asked again by the next reader at once.
    await entries.readMany([item("a")], origin.load);
    expect(origin.loads).toHaveLength(2);
    pass(15_001);
    const [failed] = await entries.readMany([item("a")], origin.load);
    expect(failed).toMatchObject({ kind: "failure", error: new Error("down") });
  });

  test("a load that throws is a failure for all who wait, and the next reader tries again", async () => {
    const { entries } = await openOne();
    let loads = 0;
    const load = async (): Promise<Loaded[]> => {
      loads += 1;
      await sleep(5);
      throw new Error("down");
    };
    const all = await Promise.all([1, 2, 3].map(() => entries.readMany([item("a")], load)));
    expect(all.flat().map(({ kind }) => kind)).toEqual(["failure", "failure", "failure"]);
    expect(loads).toBe(1);
    expect((await entries.readMany([item("a")], createToyOrigin().load)).map(textOf)).toEqual([
      "a@0",
    ]);
  });

  test("a load that gives too few results fails only for those that are missing", async () => {
    const { entries } = await openOne();
    const origin = createToyOrigin();
    const answers = await entries.readMany([item("a"), item("b")], async (items) =>
      (await origin.load(items, "miss")).slice(0, 1),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(["value", "failure"]);
  });

  test("what the origin forbids to store is never given to anybody else", async () => {
    const { entries } = await openOne();
    let loads = 0;
    const load = async (items: readonly CacheItem[]): Promise<Loaded[]> => {
      loads += 1;
      const value = Buffer.from(`for reader ${loads}`);
      await sleep(5);
      return items.map(() => ({ kind: "value", value, freshness: undefined, tags: [] }));
    };
    const read = () => entries.readMany([item("a")], load);
    const together = (await Promise.all([read(), read(), read(), read()])).flat();
    expect(new Set(together.map(textOf)).size).toBe(4);
    expect(together.map(({ status }) => status)).toEqual(Array(4).fill("bypass"));
    const [later] = await read();
    expect(textOf(later)).toBe("for reader 5");
  });

  test("an answer marked private is never stored under a key that is everybody's", async () => {
    const { entries } = await openOne();
    const origin = createToyOrigin(fresh({ scope: "private" }));
    for (let read = 0; read < 3; read += 1) {
      const [answer] = await entries.readMany([item("a")], origin.load);
      expect(answer?.status).toBe("bypass");
      expect(answer?.kind === "value" && answer.note).toContain("private");
    }
    expect(origin.loads).toHaveLength(3);
    await entries.readMany([item("b", "private")], origin.load);
    const [own] = await entries.readMany([item("b", "private")], origin.load);
    expect(own).toMatchObject({ status: "hit", freshness: { scope: "private" } });
  });

  test("a reader who hangs up does not take those with it who wait for its load", async () => {
    const { entries } = await openOne();
    const origin = createToyOrigin();
    const hungUp = entries.readMany([item("a")], async (items) => {
      await sleep(20);
      return items.map(() => ({ kind: "cancelled", error: new Error("hung up") }));
    });
    await sleep(1);
    const [waiting] = await entries.readMany([item("a")], origin.load);
    expect(textOf(waiting)).toBe("a@0");
    expect((await hungUp).map(({ kind }) => kind)).toEqual(["failure"]);
  });

  test("no-cache loads anew and stores; no-store reads and does not store", async () => {
    const { entries } = await openOne();
    const origin = createToyOrigin();
    await entries.readMany([item("a")], origin.load, { write: false });
    await entries.readMany([item("a")], origin.load);
    origin.versions.set("a", 1);
    const [forced] = await entries.readMany([item("a")], origin.load, { read: false });
    expect([forced?.status, textOf(forced)]).toEqual(["bypass", "a@1"]);
    const [held] = await entries.readMany([item("a")], origin.load, { write: false });
    expect([held?.status, textOf(held)]).toEqual(["hit", "a@1"]);
    expect(origin.loads).toHaveLength(3);
  });

  test("a hit tells its age and what is left, and never changes the life of others", async () => {
    const { entries, pass } = await openOne();
    const origin = createToyOrigin(fresh({ maxAgeMs: 10_000, ageMs: 4_000 }));
    await entries.readMany([item("short")], origin.load);
    pass(5_000);
    const long = createToyOrigin(fresh({ maxAgeMs: 3_600_000 }));
    const [short, fetched] = await entries.readMany([item("short"), item("long")], long.load);
    const freshness = short?.kind === "value" ? short.freshness : undefined;
    expect(freshness?.ageMs).toBeGreaterThanOrEqual(9_000);
    expect(freshness?.maxAgeMs).toBe(10_000);
    expect(fetched).toMatchObject({ freshness: { maxAgeMs: 3_600_000 } });
    pass(60_000);
    const [still] = await entries.readMany([item("long")], long.load);
    expect(still?.status).toBe("hit");
  });

  test("an invalidated tag ends exactly the entries that carry it", async () => {
    const { entries, invalidate } = await openOne();
    const origin = createToyOrigin(
      fresh({ staleIfErrorMs: 60_000, staleWhileRevalidateMs: 60_000 }),
    );
    const keys = ["a", "b"].map((key) => item(key));
    await entries.readMany(keys, origin.load);
    expect(await invalidate(["tag-a"])).toEqual({ kind: "everywhere" });
    const answers = await entries.readMany(keys, origin.load);
    expect(answers.map(({ status }) => status)).toEqual(["miss", "hit"]);
    await invalidate(["*"]);
    origin.answer = () => ({ kind: "failure", error: new Error("down") });
    const dead = await entries.readMany(keys, origin.load);
    expect(dead.map(({ kind }) => kind)).toEqual(["failure", "failure"]);
  });

  test("a load that was under way at the invalidation puts nothing back", async () => {
    const { entries, invalidate } = await openOne();
    const origin = createToyOrigin();
    origin.delayMs = 100;
    const early = entries.readMany([item("a")], origin.load);
    await until(() => origin.loads.length === 1);
    origin.versions.set("a", 1);
    await invalidate(["tag-a"]);
    // Waits for the load under way, sees that it is too old, and loads by itself.
    const [after] = await entries.readMany([item("a")], origin.load);
    expect(textOf(after)).toBe("a@1");
    expect((await early).map(textOf)).toEqual(["a@0"]);
    const [last] = await entries.readMany([item("a")], origin.load);
    expect(textOf(last)).toBe("a@1");
  });

  test("a tag that cannot be used is refused when invalidated, and keeps its entry out", async () => {
    const { entries, invalidate } = await openOne();
    await expect(invalidate([""])).rejects.toThrow("cannot be used");
    await expect(invalidate(["!run:x"])).rejects.toThrow("cannot be used");
    const load = async (): Promise<Loaded[]> => [
      { kind: "value", value: Buffer.from("v"), freshness: fresh(), tags: ["x".repeat(2_000)] },
    ];
    const [answer] = await entries.readMany([item("a")], load);
    expect(answer).toMatchObject({ status: "bypass" });
  });
});

describe("two gateways on one Redis", () => {
  test("share entries, and one load serves readers of both", async () => {
    const namespace = randomUUID();
    const [one, two] = [await openRedis(namespace), await openRedis(namespace)];
    const origin = createToyOrigin();
    origin.delayMs = 40;
    const all = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        (index % 2 ? one : two).entries.readMany([item("a")], origin.load),
      ),
    );
    expect(new Set(all.flat().map(textOf))).toEqual(new Set(["a@0"]));
    expect(origin.loads).toHaveLength(1);
    await one.entries.readMany([item("b")], origin.load);
    await until(async () => (await two.entries.inspect("b")) !== undefined);
    const [shared] = await two.entries.readMany([item("b")], origin.load);
    expect(shared).toMatchObject({ status: "hit", source: "redis" });
    const [again] = await two.entries.readMany([item("b")], origin.load);
    expect(again).toMatchObject({ status: "hit", source: "memory" });
  });

  test("take a damaged entry for none, and put it right", async () => {
    const namespace = randomUUID();
    const [one, two] = [await openRedis(namespace), await openRedis(namespace)];
    const origin = createToyOrigin();
    const redis = new Redis(inject("redisUrl"));
    await redis.set(`${namespace}:e:{a}`, "not an entry");
    const [answer] = await one.entries.readMany([item("a")], origin.load);
    expect(answer).toMatchObject({ status: "miss", source: "origin" });
    const [next] = await two.entries.readMany([item("a")], origin.load);
    expect(next).toMatchObject({ status: "hit", source: "redis" });
    redis.disconnect();
  });

  test("a load that fails in one does not hold up the other for long", async () => {
    const namespace = randomUUID();
    const [one, two] = [await openRedis(namespace), await openRedis(namespace)];
    const dead = createToyOrigin();
    dead.delayMs = 20;
    dead.answer = () => ({ kind: "failure", error: new Error("down") });
    const failing = one.entries.readMany([item("a")], dead.load);
    await until(() => dead.loads.length === 1);
    const [answer] = await two.entries.readMany([item("a")], createToyOrigin().load);
    expect(textOf(answer)).toBe("a@0");
    expect((await failing).map(({ kind }) => kind)).toEqual(["failure"]);
  });

  test("each obeys what the other invalidated, in both levels", async () => {
    const namespace = randomUUID();
    const [one, two] = [await openRedis(namespace), await openRedis(namespace)];
    const origin = createToyOrigin();
    for (const { entries } of [one, two, one, two])
      await entries.readMany([item("a")], origin.load);
    origin.versions.set("a", 1);
    await one.invalidate(["tag-a"]);
    const answers = await Promise.all(
      [one, two].map(({ entries }) => entries.readMany([item("a")], origin.load)),
    );
    expect(answers.flat().map(textOf)).toEqual(["a@1", "a@1"]);
  });

  test("another namespace shares nothing", async () => {
    const [one, two] = [await openRedis(), await openRedis()];
    const origin = createToyOrigin();
    await one.entries.readMany([item("a")], origin.load);
    const [answer] = await two.entries.readMany([item("a")], origin.load);
    expect(answer?.status).toBe("miss");
  });
});
