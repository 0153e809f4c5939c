import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { describe, expect, inject, test } from "vitest";
import { createMemoryStore } from "../../../gateway/cache/memory-store.ts";
import { createRedisStore } from "../../../gateway/cache/redis-store.ts";
import type { Store } from "../../../gateway/cache/store.ts";
import { silentLog } from "../../../platform/log.ts";

async function redisStore(): Promise<Store> {
  const keyPrefix = `${randomUUID()}:`;
  const store = createRedisStore({ url: inject("redisUrl"), keyPrefix, log: silentLog });
  await reachable(store);
  return store;
}

/** The connection is made in the background: until then a store has nothing. */
async function reachable(store: Store): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    await store.set("reachable", "yes", 60);
    if ((await store.get("reachable")) === "yes") return;
    await sleep(50);
  }
  throw new Error("Redis was not reached.");
}

const stores = [
  { kind: "memory", open: async () => createMemoryStore() },
  { kind: "redis", open: redisStore },
] as const;

describe.each(stores)("the $kind store", ({ kind, open }) => {
  test("says what it is", async () => {
    const store = await open();
    expect(store.kind).toBe(kind);
    await store.close();
  });

  test("gives back what was set, and nothing for what was not", async () => {
    const store = await open();
    await store.set("a", "value with ‎ عربي and \u0000 bytes", 60);
    await store.set("b", "", 60);
    expect(await store.get("a")).toBe("value with ‎ عربي and \u0000 bytes");
    expect(await store.get("b")).toBe("");
    expect(await store.get("c")).toBeUndefined();
    await store.close();
  });

  test("replaces and deletes", async () => {
    const store = await open();
    await store.set("a", "1", 60);
    await store.set("a", "2", 60);
    expect(await store.get("a")).toBe("2");
    await store.delete("a");
    expect(await store.get("a")).toBeUndefined();
    await store.delete("a");
    await store.close();
  });

  test("forgets a value when its time is over", async () => {
    const store = await open();
    await store.set("a", "1", 1);
    expect(await store.get("a")).toBe("1");
    await sleep(1_300);
    expect(await store.get("a")).toBeUndefined();
    await store.close();
  });
});

describe("the memory store", () => {
  test("never holds more bytes than it was given, and drops the least recently used first", async () => {
    const store = createMemoryStore({ maxBytes: 1_000 });
    for (let index = 0; index < 5; index += 1) await store.set(`key-${index}`, "x".repeat(190), 60);
    await store.get("key-0");
    await store.set("key-5", "x".repeat(190), 60);
    expect(await store.get("key-1")).toBeUndefined();
    expect(await store.get("key-0")).toBeDefined();
    await store.set("huge", "x".repeat(2_000), 60);
    expect(await store.get("huge")).toBeUndefined();
  });
});

describe("the Redis store", () => {
  test("shares values between processes under its prefix", async () => {
    const keyPrefix = `${randomUUID()}:`;
    const url = inject("redisUrl");
    const [one, two] = [0, 1].map(() => createRedisStore({ url, keyPrefix, log: silentLog })) as [
      Store,
      Store,
    ];
    await reachable(one);
    await reachable(two);
    await one.set("a", "1", 60);
    expect(await two.get("a")).toBe("1");
    const plain = new Redis(url);
    expect(await plain.get(`${keyPrefix}a`)).toBe("1");
    expect(await plain.ttl(`${keyPrefix}a`)).toBeGreaterThan(50);
    await Promise.all([one.close(), two.close(), plain.quit()]);
  });

  test("a Redis that is not there is a store that has nothing", async () => {
    const store = createRedisStore({ url: "redis://127.0.0.1:1", log: silentLog });
    await store.set("a", "1", 60);
    expect(await store.get("a")).toBeUndefined();
    await store.delete("a");
    await store.close();
  });

  test("a Redis that accepts and never answers costs the time-out, not the request", async () => {
    const silent = createServer(() => {});
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, "127.0.0.1", () => resolve((silent.address() as { port: number }).port));
    });
    const store = createRedisStore({
      url: `redis://127.0.0.1:${port}`,
      commandTimeoutMs: 30,
      log: silentLog,
    });
    await sleep(100);
    expect(await store.get("a")).toBeUndefined();
    await store.set("a", "1", 60);
    await store.close();
    silent.close();
  });
});
