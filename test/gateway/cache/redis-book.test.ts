import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createBreaker } from "../../../gateway/cache/breaker.ts";
import type { InvalidationBook } from "../../../gateway/cache/invalidation-book.ts";
import { createLocalBook } from "../../../gateway/cache/local-book.ts";
import { createRedisBook } from "../../../gateway/cache/redis-book.ts";
import { connectRedis } from "../../../platform/redis-connection.ts";
import { silentLog } from "../../../platform/log.ts";
import { type RedisServer, startRedisServer, until } from "./redis-servers.ts";

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedisServer();
});
afterAll(() => redis.close());

type OpenOptions = { readonly boundMs?: number; readonly maxTags?: number };

async function open(key: string, options: OpenOptions = {}): Promise<InvalidationBook> {
  const connection = connectRedis({ url: redis.url, log: silentLog });
  onTestFinished(() => connection.close());
  const monotonicMs = () => performance.now();
  const breaker = createBreaker({ timeoutMs: 2_000, openMs: 20, monotonicMs });
  const book = createRedisBook({ run: connection.run, breaker, monotonicMs }, { key, ...options });
  await until(async () => book.verify());
  return book;
}

test("a stamp is valid until one of its tags is invalidated, in every process", async () => {
  const key = randomUUID();
  const [one, two] = [await open(key), await open(key)];
  const stamp = one.stamp();
  expect(await one.invalidate(["a", "b"])).toEqual({ kind: "everywhere" });
  for (const book of [one, two]) {
    expect(await book.verify()).toBe(true);
    expect(book.isValid(stamp, ["a"])).toBe(false);
    expect(book.isValid(stamp, ["c", "b"])).toBe(false);
    expect(book.isValid(stamp, ["c"])).toBe(true);
    expect(book.isValid(book.stamp(), ["a", "b", "c"])).toBe(true);
  }
});

test("with a bound of nothing every check asks Redis", async () => {
  const key = randomUUID();
  const [one, two] = [await open(key, { boundMs: 0 }), await open(key, { boundMs: 0 })];
  for (let round = 0; round < 50; round += 1) {
    const stamp = two.stamp();
    await one.invalidate(["a"]);
    await two.verify();
    expect(two.isValid(stamp, ["a"])).toBe(false);
  }
});

test("a process that starts later knows everything, in pages", async () => {
  const key = randomUUID();
  const one = await open(key);
  const stamp = one.stamp();
  const tags = Array.from({ length: 5_500 }, (_, index) => `tag-${index}`);
  await one.invalidate(tags);
  const two = await open(key);
  expect(tags.filter((tag) => two.isValid(stamp, [tag]))).toEqual([]);
  expect(two.isValid(stamp, ["other"])).toBe(true);
});

test("the book does not grow without bound: what it forgets, it no longer vouches for", async () => {
  const key = randomUUID();
  const [one, two] = [await open(key, { maxTags: 80 }), await open(key, { maxTags: 80 })];
  const before = one.stamp();
  for (let index = 0; index < 20; index += 1) {
    await one.invalidate(Array.from({ length: 10 }, (_, tag) => `tag-${index}-${tag}`));
  }
  expect(Number(await redis.command("ZCARD", key))).toBeLessThanOrEqual(80 + 10 + 2);
  for (const book of [one, two]) {
    await book.verify();
    expect(book.isValid(before, ["never-invalidated"])).toBe(false);
    expect(book.isValid(book.stamp(), ["tag-0-0", "never-invalidated"])).toBe(true);
  }
});

test("invalidating everything ends every stamp that was taken before", async () => {
  const book = await open(randomUUID());
  const stamp = book.stamp();
  await book.invalidate(["*"]);
  expect(book.isValid(stamp, ["a"])).toBe(false);
  expect(book.isValid(book.stamp(), ["a"])).toBe(true);
});

describe("when Redis loses what was recorded, nothing from before is believed", () => {
  const losses: readonly [string, (key: string) => Promise<unknown>][] = [
    ["flushed", () => redis.command("FLUSHALL")],
    ["evicted", (key) => redis.command("DEL", key)],
    [
      "killed and started again",
      async () => {
        await redis.kill();
        await redis.start();
      },
    ],
    [
      "put back from a copy that another server wrote",
      async (key) => {
        const answer = await redis.command("ZRANGE", key, 0, -1, "WITHSCORES");
        const copy = (answer as string[][]).flat();
        await redis.kill();
        await redis.start();
        for (let index = 0; index < copy.length; index += 2) {
          await redis.command("ZADD", key, copy[index + 1] ?? "", copy[index] ?? "");
        }
      },
    ],
  ];
  test.each(losses)("%s", async (_how, lose) => {
    const key = randomUUID();
    const [one, two] = [await open(key), await open(key)];
    await one.invalidate(["a"]);
    await until(async () => two.verify());
    const stamps = [one.stamp(), two.stamp()];
    await lose(key);
    for (const book of [one, two]) {
      // First the old knowledge runs out, then the new era is seen.
      await until(async () => (await book.verify()) && book.stamp().era !== stamps[0]?.era);
      for (const stamp of stamps) expect(book.isValid(stamp, ["b"])).toBe(false);
      expect(book.isValid(book.stamp(), ["a", "b"])).toBe(true);
    }
    expect(one.stamp().era).toBe(two.stamp().era);
    // Numbers rise over the loss, whatever clocks do.
    expect(one.stamp().asOf).toBeGreaterThan(stamps[0]?.asOf ?? Infinity);
  });
});

test("while Redis is away nothing is believed, and an invalidation is recorded as soon as it is back", async () => {
  const key = randomUUID();
  const [one, two] = [await open(key), await open(key)];
  redis.pause();
  try {
    expect(await one.invalidate(["a"])).toEqual({ kind: "unrecorded" });
    expect(await one.verify()).toBe(false);
  } finally {
    redis.resume();
  }
  await until(async () => (await one.verify()) && (await two.verify()));
  const stamp = two.stamp();
  expect(Number(await redis.command("ZSCORE", key, "a"))).toBeGreaterThan(0);
  expect(two.isValid(stamp, ["a"])).toBe(true);
});

test("a replica never vouches for anything", async () => {
  const key = randomUUID();
  const master = await startRedisServer();
  const book = await open(key);
  await redis.command("REPLICAOF", "127.0.0.1", master.port);
  try {
    await until(async () => !(await book.verify()));
    expect(await book.invalidate(["a"])).toEqual({ kind: "unrecorded" });
  } finally {
    await redis.command("REPLICAOF", "NO", "ONE");
    await master.close();
  }
});

test("the numbers never go back, even when the book holds one from the future", async () => {
  const key = randomUUID();
  const one = await open(key, { boundMs: 0 });
  const future = (Date.now() + 3_600_000) * 1_000;
  await redis.command("ZADD", key, future, "from-a-clock-that-is-fast");
  await one.verify();
  const stamp = one.stamp();
  expect(stamp.asOf).toBe(future);
  await one.invalidate(["a"]);
  expect(one.isValid(stamp, ["a"])).toBe(false);
  expect(one.stamp().asOf).toBeGreaterThan(future);
});

test("the local book follows the model: valid unless invalidated later or forgotten", async () => {
  const tag = fc.constantFrom("a", "b", "c", "d", "e");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(tag, { minLength: 1, maxLength: 3 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 6 }),
      async (steps, maxTags) => {
        const book = createLocalBook({ maxTags });
        const stamps = [{ stamp: book.stamp(), later: new Set<string>() }];
        for (const tags of steps) {
          await book.invalidate(tags);
          for (const { later } of stamps) for (const one of tags) later.add(one);
          stamps.push({ stamp: book.stamp(), later: new Set() });
        }
        for (const { stamp, later } of stamps) {
          for (const one of ["a", "b", "c", "d", "e"]) {
            const valid = book.isValid(stamp, [one]);
            expect(valid && later.has(one)).toBe(false);
            // Nothing is forgotten while all tags have room.
            expect(valid || later.has(one) || maxTags < 5).toBe(true);
          }
        }
        expect(book.isValid(book.stamp(), ["a", "b", "c", "d", "e"])).toBe(true);
      },
    ),
  );
});
