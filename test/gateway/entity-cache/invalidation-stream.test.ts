/** What subgraphs tell in their streams, over a real Redis: obeyed once, whoever dies in between. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { describe, expect, inject, test } from "vitest";
import type { Invalidated } from "../../../gateway/cache/invalidation-book.ts";
import { followInvalidations } from "../../../gateway/entity-cache/invalidation-stream.ts";
import type { Invalidator } from "../../../gateway/entity-cache/invalidator.ts";
import { silentLog } from "../../../platform/log.ts";
import { invalidationStream } from "../../../platform/redis-env.ts";
import type { InvalidationRequest } from "../../../subgraphs/kit/invalidation.ts";
import { createInvalidationSender } from "../../../subgraphs/kit/invalidation-sender.ts";
import { startRedisServer } from "../cache/redis-servers.ts";

const bulletins: InvalidationRequest = { kind: "type", subgraph: "health", type: "Bulletin" };
const fines: InvalidationRequest = { kind: "type", subgraph: "payments", type: "Fine" };

/** A gateway that notes what it is told to obey. */
function gateway(
  namespace: string,
  url: string,
  done: () => Invalidated = () => ({ kind: "everywhere" }),
) {
  const obeyed: [subgraph: string, requested: unknown][] = [];
  const invalidator: Invalidator = {
    invalidate: async () => ({ kind: "everywhere" }),
    async fromSubgraph(subgraph, requested) {
      obeyed.push([subgraph, requested]);
      return requested === undefined ? undefined : done();
    },
  };
  const stream = followInvalidations({
    redis: { url },
    namespace,
    subgraphs: () => ["health", "payments"],
    invalidator,
    log: silentLog,
    abandonedAfterMs: 100,
  });
  return { obeyed, [Symbol.asyncDispose]: stream.stop };
}

function sender(namespace: string, subgraph: string, url: string) {
  const options = { subgraph, namespace, redis: { url }, log: silentLog };
  const { send, stop } = createInvalidationSender(options);
  return { send, [Symbol.asyncDispose]: stop };
}

describe("invalidations in a stream", () => {
  test("reach the gateways with the name of the subgraph whose stream it is, one of them each", async () => {
    const url = inject("redisUrl");
    const namespace = randomUUID();
    await using one = gateway(namespace, url);
    await using other = gateway(namespace, url);
    await using health = sender(namespace, "health", url);
    await using payments = sender(namespace, "payments", url);
    health.send([bulletins]);
    payments.send([fines]);
    const obeyed = () =>
      [...one.obeyed, ...other.obeyed].toSorted(([a], [b]) => a.localeCompare(b));
    await expect.poll(obeyed).toEqual([
      ["health", [bulletins]],
      ["payments", [fines]],
    ]);
  });

  test("wait for a gateway when none is there", async () => {
    const url = inject("redisUrl");
    const namespace = randomUUID();
    await using health = sender(namespace, "health", url);
    health.send([bulletins]);
    await using redis = { client: new Redis(url), [Symbol.asyncDispose]: async () => {} };
    const stream = invalidationStream(namespace, "health");
    await expect.poll(() => redis.client.xlen(stream)).toBe(1);
    redis.client.disconnect();
    await using late = gateway(namespace, url);
    await expect.poll(() => late.obeyed).toEqual([["health", [bulletins]]]);
  });

  test("that a gateway could not carry out are carried out by another", async () => {
    const url = inject("redisUrl");
    const namespace = randomUUID();
    await using health = sender(namespace, "health", url);
    {
      await using broken = gateway(namespace, url, () => ({ kind: "unrecorded" }));
      health.send([bulletins]);
      await expect.poll(() => broken.obeyed.length).toBeGreaterThan(0);
    }
    await using other = gateway(namespace, url);
    await expect.poll(() => other.obeyed, { timeout: 5_000 }).toEqual([["health", [bulletins]]]);
  });

  test("that cannot be read are not read for ever", async () => {
    const url = inject("redisUrl");
    const namespace = randomUUID();
    const redis = new Redis(url);
    const stream = invalidationStream(namespace, "health");
    await redis.xadd(stream, "*", "invalidation", "{not JSON");
    await redis.xadd(stream, "*", "something", "else");
    await using reader = gateway(namespace, url);
    await expect.poll(() => reader.obeyed.length).toBe(2);
    await expect.poll(() => redis.xpending(stream, "gateways")).toEqual([0, null, null, null]);
    redis.disconnect();
  });

  test("are not lost while Redis is away, however many they are", { timeout: 30_000 }, async () => {
    const server = await startRedisServer();
    try {
      const namespace = randomUUID();
      await using health = sender(namespace, "health", server.url);
      await using reader = gateway(namespace, server.url);
      health.send([bulletins]);
      await expect.poll(() => reader.obeyed.length, { timeout: 5_000 }).toBe(1);
      await server.kill();
      health.send([{ kind: "type", subgraph: "health", type: "Facility" }]);
      for (let id = 0; id < 2_000; id += 1)
        health.send([
          { kind: "entity", subgraph: "health", type: "Bulletin", key: { id: `${id}` } },
        ]);
      await server.start();
      await expect.poll(() => reader.obeyed.length, { timeout: 10_000 }).toBe(2);
      expect(reader.obeyed[1]?.[1]).toContainEqual({ kind: "subgraph", subgraph: "health" });
    } finally {
      await server.close();
    }
  });
});
