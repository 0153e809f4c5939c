/** What happens to Redis while gateways use it: each attack ends with Redis as it was, but for its data. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type RedisServer,
  startRedisCluster,
  startRedisSentinel,
  startRedisServer,
} from "../gateway/cache/redis-servers.ts";

export type Attack = { readonly name: string; readonly run: () => Promise<void> };

export type Target = {
  readonly kind: "single" | "sentinel" | "cluster";
  readonly url: string;
  readonly attacks: readonly Attack[];
  readonly close: () => Promise<void>;
};

/** @param server Another one each time, where there are several. */
function attacksOn(server: () => RedisServer): readonly Attack[] {
  return [
    {
      name: "pause",
      async run() {
        const one = server();
        one.pause();
        await sleep(400);
        one.resume();
      },
    },
    {
      name: "flush",
      run: async () => void (await server().command("FLUSHALL")),
    },
    {
      name: "full",
      async run() {
        const one = server();
        await one.command("CONFIG", "SET", "maxmemory", 1);
        await sleep(300);
        await one.command("CONFIG", "SET", "maxmemory", 0);
      },
    },
    {
      name: "connections cut",
      run: async () =>
        void (await server().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")),
    },
  ];
}

const killOf = (server: () => RedisServer, deadMs: number): Attack => ({
  name: "kill",
  async run() {
    const one = server();
    await one.kill();
    await sleep(deadMs);
    await one.start();
  },
});

export async function openTarget(
  kind: Target["kind"],
  pick: (below: number) => number,
): Promise<Target> {
  if (kind === "single") {
    const server = await startRedisServer();
    const attacks = [...attacksOn(() => server), killOf(() => server, 300)];
    return { kind, url: server.url, attacks, close: server.close };
  }
  if (kind === "cluster") {
    const cluster = await startRedisCluster(true);
    const master = (): RedisServer => cluster.masters[pick(cluster.masters.length)] as RedisServer;
    const failover: Attack = {
      name: "failover",
      async run() {
        const replica = cluster.replicas[pick(cluster.replicas.length)];
        // Refused by one that is a master by now: then nothing happens.
        await replica?.command("CLUSTER", "FAILOVER", "TAKEOVER").catch(() => undefined);
      },
    };
    const attacks = [...attacksOn(master).slice(0, 2), failover];
    return { kind, url: cluster.url, attacks, close: cluster.close };
  }
  const sentinel = await startRedisSentinel();
  const any = (): RedisServer => sentinel.servers[pick(sentinel.servers.length)] as RedisServer;
  // Long enough for the sentinel to promote the other one.
  const attacks = [killOf(any, 2_500), ...attacksOn(any).slice(0, 1)];
  return { kind, url: sentinel.url, attacks, close: sentinel.close };
}
