/**
 * A connection to Redis as it is in production, from one URL:
 *
 * - `redis://[user:password@]host:port[/db]` one server; `rediss://` with TLS
 * - `redis-sentinel://[user:password@]host:port,host:port/master-name` (`rediss-sentinel://`)
 * - `redis-cluster://[user:password@]host:port,host:port` (`rediss-cluster://`)
 *
 * Commands never queue while Redis is away, and nothing here throws after the start: who uses it
 * bounds its calls with a breaker. Reconnects by itself, for ever.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { Cluster, Redis } from "ioredis";
import type { Log } from "./log.ts";

/** Runs a Lua script in Redis. */
export type RunScript = (
  script: string,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => Promise<unknown>;

export type RedisTls = {
  /** File with the authorities that may have signed the server's certificate (PEM). */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** The name in the certificate, when it is not the host of the URL. */
  readonly serverName?: string;
};

export type RedisConnectionOptions = {
  readonly url: string;
  readonly tls?: RedisTls;
  /** For ACL users of the sentinels themselves. */
  readonly sentinelPassword?: string;
  readonly log: Log;
};

export type RedisConnection = {
  readonly client: Redis | Cluster;
  /** Runs a script that the server knows by its hash after the first time. */
  readonly run: RunScript;
  /** As `run`, with strings of the answer as bytes. */
  readonly runBuffer: RunScript;
  /** Gives a connection up that may be dead although it looks open, and makes a new one. */
  readonly renew: () => void;
  readonly close: () => Promise<void>;
};

type BufferScript = (
  script: string,
  keyCount: number,
  ...keysAndArgs: readonly (string | number | Buffer)[]
) => Promise<unknown>;
type BufferScripts = { readonly evalBuffer: BufferScript; readonly evalshaBuffer: BufferScript };

const urlPattern =
  /^redis(?<tls>s?)(?:-(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^:@/]*):(?<password>[^@/]*)@)?(?<hosts>[^/?]+)(?:\/(?<path>[^/?]*))?$/;

type Address = { readonly host: string; readonly port: number };

function addressesOf(hosts: string, defaultPort: number): Address[] {
  return hosts.split(",").map((text) => {
    const { hostname, port } = new URL(`tcp://${text}`);
    // Node wants IPv6 addresses without their brackets.
    return {
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? defaultPort : Number(port),
    };
  });
}

const retryStrategy = (times: number): number => Math.min(times * 50, 1_000);

function tlsOptions(tls: RedisTls): ConnectionOptions {
  const { caFile, certFile, keyFile, serverName } = tls;
  return {
    ...(caFile ? { ca: readFileSync(caFile) } : {}),
    ...(certFile ? { cert: readFileSync(certFile) } : {}),
    ...(keyFile ? { key: readFileSync(keyFile) } : {}),
    ...(serverName ? { servername: serverName } : {}),
  };
}

function clientOf(options: RedisConnectionOptions): Redis | Cluster {
  const parts = urlPattern.exec(options.url)?.groups;
  if (!parts) {
    throw new Error(
      "The URL of Redis cannot be read. Write redis://host:6379, redis-sentinel://host:26379,host:26379/master-name or redis-cluster://host:6379,host:6379; rediss… for TLS; user:password@ before the hosts.",
    );
  }
  const { tls, kind, user, password, hosts = "", path } = parts;
  const common = {
    connectTimeout: 2_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // Commands of one turn of the event loop travel as one pipeline, per node of a cluster.
    enableAutoPipelining: true,
    retryStrategy,
    ...(user ? { username: decodeURIComponent(user) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(tls ? { tls: tlsOptions(options.tls ?? {}) } : {}),
  };
  if (kind === "cluster") {
    return new Cluster(addressesOf(hosts, 6_379), {
      redisOptions: common,
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      // The topology is looked at again soon after a master was lost.
      slotsRefreshInterval: 2_000,
      slotsRefreshTimeout: 1_000,
      retryDelayOnFailover: 50,
      clusterRetryStrategy: retryStrategy,
      dnsLookup: (address, callback) => callback(null, address),
    });
  }
  if (kind === "sentinel") {
    return new Redis({
      ...common,
      sentinels: addressesOf(hosts, 26_379),
      name: path === undefined || path === "" ? "mymaster" : decodeURIComponent(path),
      sentinelRetryStrategy: retryStrategy,
      failoverDetector: true,
      ...(options.sentinelPassword ? { sentinelPassword: options.sentinelPassword } : {}),
      ...(tls
        ? { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(options.tls ?? {}) }
        : {}),
    });
  }
  const [address] = addressesOf(hosts, 6_379);
  return new Redis({ ...common, ...address, db: path ? Number(path) : 0 });
}

/** @throws Error for a URL that cannot be read or a file of `tls` that is not there. */
export function connectRedis(options: RedisConnectionOptions): RedisConnection {
  const { log } = options;
  const client = clientOf(options);
  let told = false;
  client.on("error", (error: Error) => {
    if (!told) log.warn({ err: error }, "Redis is away; going on without it");
    told = true;
  });
  client.on("ready", () => {
    if (told) log.info("Redis is back");
    told = false;
  });
  const hashes = new Map<string, string>();
  const hashOf = (script: string): string => {
    const hash = hashes.get(script) ?? createHash("sha1").update(script).digest("hex");
    hashes.set(script, hash);
    return hash;
  };
  // Both clients have these; the types of one lack them.
  const scripts = client as unknown as BufferScripts;
  const isUnknown = (error: unknown): boolean =>
    error instanceof Error && error.message.startsWith("NOSCRIPT");
  return {
    client,
    async run(script, keys, args) {
      try {
        return await client.evalsha(hashOf(script), keys.length, ...keys, ...args);
      } catch (error) {
        if (!isUnknown(error)) throw error;
        return client.eval(script, keys.length, ...keys, ...args);
      }
    },
    async runBuffer(script, keys, args) {
      try {
        return await scripts.evalshaBuffer(hashOf(script), keys.length, ...keys, ...args);
      } catch (error) {
        if (!isUnknown(error)) throw error;
        return scripts.evalBuffer(script, keys.length, ...keys, ...args);
      }
    },
    renew: () => {
      if (client instanceof Cluster)
        for (const node of client.nodes("master")) node.disconnect(true);
      else client.disconnect(true);
    },
    async close() {
      client.disconnect();
    },
  };
}
