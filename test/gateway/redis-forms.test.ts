/** Gateways on Redis as it is in production: what one caches the other has, and what one forgets both forget. */
import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createInvalidationSender } from "../../subgraphs/kit/invalidation-sender.ts";
import { connectRedis } from "../../platform/redis-connection.ts";
import { invalidationStream } from "../../platform/redis-env.ts";
import { silentLog } from "../../platform/log.ts";
import { fromRoot } from "../../platform/root.ts";
import { startOrigin } from "../support/origin-gateway.ts";
import {
  startRedisCluster,
  startRedisSentinel,
  startRedisServer,
  until,
} from "./cache/redis-servers.ts";

vi.setConfig({ testTimeout: 60_000 });

const certificate = (name: string): string => fromRoot(`test/support/certificates/${name}`);
const ca = certificate("ca.pem");

/** As docs/caching.md says. */
const gatewayRights = [
  "~city-graph:* ~{city-graph:invalidations}:* resetchannels -@all +ping +info +get +set +unlink +del",
  "+eval +evalsha +time +zadd +zcard +zrange +zrem +zremrangebyscore +zscore",
  "+xgroup +xreadgroup +xack +xautoclaim",
].join(" ");
const subgraphRights = "~{city-graph:invalidations}:origin resetchannels -@all +ping +info +xadd";

/** With a user for gateways, one for the subgraph, and nothing for anybody else. */
async function startGuardedRedis() {
  const server = await startRedisServer(
    [
      "--port",
      "0",
      "--tls-auth-clients",
      "no",
      "--tls-ca-cert-file",
      ca,
      "--tls-cert-file",
      certificate("server.pem"),
      "--tls-key-file",
      certificate("server.key"),
    ],
    (port) =>
      [
        `tls-port ${port}`,
        "user default off",
        `user gateway on >gateway-password ${gatewayRights}`,
        `user origin on >origin-password ${subgraphRights}`,
      ].join("\n"),
  );
  const host = `127.0.0.1:${server.port}`;
  return {
    url: `rediss://gateway:gateway-password@${host}`,
    subgraphUrl: `rediss://origin:origin-password@${host}`,
    tls: { caFile: ca },
    close: server.close,
  };
}

type Target = {
  readonly url: string;
  readonly subgraphUrl?: string;
  readonly tls?: { readonly caFile: string };
  readonly close: () => Promise<void>;
};

const forms: readonly { readonly form: string; readonly start: () => Promise<Target> }[] = [
  { form: "one server with TLS and ACL users", start: startGuardedRedis },
  { form: "a Sentinel's master", start: startRedisSentinel },
  { form: "a cluster of three masters", start: startRedisCluster },
];

const toClose: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close();
});

describe.each(forms)("on $form", ({ start }) => {
  test("gateways share what is cached, and obey what is invalidated by whomever", async () => {
    const target = await start();
    toClose.push(target.close);
    let value = 0;
    const world = await startOrigin("type Query { value: Int }", { Query: { value: () => value } });
    toClose.push(() => world[Symbol.asyncDispose]());
    const namespace = "city-graph";
    const env = {
      REDIS_URL: target.url,
      REDIS_TIMEOUT_MS: "1000",
      SHARE_IN_FLIGHT: "false",
      CACHE_NAMESPACE: namespace,
      ...(target.tls ? { REDIS_CA_FILE: target.tls.caFile } : {}),
    };
    const gateways = [await world.startGateway(env), await world.startGateway(env)] as const;
    const [one, other] = gateways;
    const read = async (gateway: (typeof gateways)[number]): Promise<number> =>
      (await gateway.post("{ value }")).body.data.value;
    // Until both are connected.
    await until(async () => {
      const { origin } = world;
      await one.operator("/invalidation", [{ kind: "everything" }]);
      origin.requests = 0;
      for (const gateway of [one, other, one, other]) await read(gateway);
      return origin.requests === 1;
    });
    const query = `{ value again: value }`;
    expect((await one.post(query)).body.data).toEqual({ value: 0, again: 0 });

    value = 1;
    const stale = [{ kind: "subgraph", subgraph: "origin" }] as const;
    const { status } = await one.operator("/invalidation", stale);
    expect(status).toBe(202);
    expect([await read(one), await read(other)]).toEqual([1, 1]);

    const sender = createInvalidationSender({
      subgraph: "origin",
      namespace,
      redis: { url: target.subgraphUrl ?? target.url, ...(target.tls ? { tls: target.tls } : {}) },
      log: silentLog,
    });
    toClose.push(sender.stop);
    value = 2;
    sender.send(stale);
    await expect
      .poll(async () => [await read(one), await read(other)], { timeout: 10_000 })
      .toEqual([2, 2]);
  });
});

test("a subgraph's user can write into its own stream only", async () => {
  const target = await startGuardedRedis();
  toClose.push(target.close);
  const { client, close } = connectRedis({
    url: target.subgraphUrl,
    tls: target.tls,
    log: silentLog,
  });
  toClose.push(close);
  const entry = ["*", "invalidation", "[]"] as const;
  const own = invalidationStream("city-graph", "origin");
  await until(async () => (await client.xadd(own, ...entry)) !== null);
  const others = invalidationStream("city-graph", randomUUID());
  await expect(client.xadd(others, ...entry)).rejects.toThrow("NOPERM");
  await expect(client.get("city-graph:book")).rejects.toThrow("NOPERM");
});
