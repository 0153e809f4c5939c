/**
 * Real redis-server processes for tests: one server, a cluster of three masters, a master with a
 * replica under a sentinel. Each ends with its `close`, by its own id.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePorts } from "../../support/free-ports.ts";

export type RedisServer = {
  readonly port: number;
  readonly url: string;
  /** Stops the process without warning it, like a lost machine; what it held is gone. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** It keeps its connections and answers nothing. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** One command over a connection of its own. */
  readonly command: (...command: [string, ...(string | number)[]]) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

/** @param mode Extra arguments, e.g. `["--cluster-enabled", "yes"]`. */
export async function startRedisServer(
  mode: readonly string[] = [],
  configFile?: (port: number) => string,
  fixedPort?: number,
): Promise<RedisServer> {
  const port = fixedPort ?? (await freePorts(1))[0] ?? 0;
  const folder = await mkdtemp(join(tmpdir(), "city-graph-redis-"));
  const file = join(folder, "redis.conf");
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    await writeFile(file, configFile?.(port) ?? "");
    const common = ["--bind", "127.0.0.1", "--save", "", "--dir", folder];
    const args = [file, "--port", `${port}`, ...common, ...mode];
    child = spawn("redis-server", args, { stdio: "ignore" });
    for (let tries = 0; ; tries += 1) {
      const answer = await command("PING").catch((error: Error) => error.message);
      // An ACL or TLS server that refuses us is up as well.
      if (answer === "PONG" || /NOAUTH|NOPERM/.test(String(answer))) return;
      if (mode.some((one) => one.startsWith("--tls")) && tries > 20) return;
      if (tries > 200) throw new Error(`redis-server did not start: ${String(answer)}`);
      await sleep(20);
    }
  }

  async function kill(): Promise<void> {
    const killed = child;
    child = undefined;
    if (!killed || killed.exitCode !== null) return;
    const ended = once(killed, "exit");
    killed.kill("SIGCONT");
    killed.kill("SIGKILL");
    await ended;
  }

  async function command(...[name, ...args]: [string, ...(string | number)[]]): Promise<unknown> {
    const client = new Redis(port, "127.0.0.1", {
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      commandTimeout: 5_000,
    });
    client.on("error", () => {});
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    command,
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type RedisCluster = {
  readonly url: string;
  readonly masters: readonly RedisServer[];
  readonly replicas: readonly RedisServer[];
  readonly close: () => Promise<void>;
};

/** Three masters, and a replica of each when asked for. */
export async function startRedisCluster(withReplicas = false): Promise<RedisCluster> {
  const cluster = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"];
  const servers = await Promise.all(
    Array.from({ length: withReplicas ? 6 : 3 }, () => startRedisServer(cluster)),
  );
  const masters = servers.slice(0, 3);
  const replicas = servers.slice(3);
  const bounds = [0, 5_461, 10_923, 16_384];
  await Promise.all(
    masters.map(async (master, index) => {
      await master.command("CLUSTER", "SET-CONFIG-EPOCH", index + 1);
      await master.command(
        "CLUSTER",
        "ADDSLOTSRANGE",
        bounds[index] ?? 0,
        (bounds[index + 1] ?? 0) - 1,
      );
    }),
  );
  for (const server of servers.slice(1)) {
    await masters[0]?.command("CLUSTER", "MEET", "127.0.0.1", server.port);
  }
  const isOk = async (server: RedisServer) =>
    String(await server.command("CLUSTER", "INFO")).includes("cluster_state:ok") &&
    String(await server.command("CLUSTER", "INFO")).includes(
      `cluster_known_nodes:${servers.length}`,
    );
  await until(async () => (await Promise.all(masters.map(isOk))).every(Boolean));
  for (const [index, replica] of replicas.entries()) {
    const id = String(await masters[index]?.command("CLUSTER", "MYID"));
    await until(async () => String(await replica.command("CLUSTER", "NODES")).includes(id));
    await replica.command("CLUSTER", "REPLICATE", id);
  }
  for (const replica of replicas) {
    await until(async () =>
      String(await replica.command("INFO", "replication")).includes("master_link_status:up"),
    );
  }
  return {
    url: `redis-cluster://${masters.map(({ port }) => `127.0.0.1:${port}`).join(",")}`,
    masters,
    replicas,
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  };
}

export type RedisSentinel = {
  readonly url: string;
  readonly servers: readonly RedisServer[];
  readonly close: () => Promise<void>;
};

/** A master, a replica, and one sentinel that may decide alone. */
export async function startRedisSentinel(): Promise<RedisSentinel> {
  const master = await startRedisServer();
  const replica = await startRedisServer(["--replicaof", "127.0.0.1", `${master.port}`]);
  await until(async () =>
    String(await replica.command("INFO", "replication")).includes("master_link_status:up"),
  );
  const config = () =>
    [
      `sentinel monitor city 127.0.0.1 ${master.port} 1`,
      "sentinel down-after-milliseconds city 500",
      "sentinel failover-timeout city 2000",
    ].join("\n");
  const sentinel = await startRedisServer(["--sentinel"], config);
  await until(async () =>
    String(await sentinel.command("SENTINEL", "REPLICAS", "city")).includes(`${replica.port}`),
  );
  const servers = [master, replica];
  return {
    url: `redis-sentinel://127.0.0.1:${sentinel.port}/city`,
    servers,
    close: async () => {
      await sentinel.close();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** Waits for a condition; what it throws counts as "not yet". */
export async function until(
  condition: () => Promise<boolean> | boolean,
  withinMs = 15_000,
): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (
    !(await Promise.resolve()
      .then(condition)
      .catch(() => false))
  ) {
    if (Date.now() > endMs) throw new Error(`Not within ${withinMs} ms: ${String(condition)}`);
    await sleep(20);
  }
}
