/** How gateways and subgraphs are told where Redis is: the same variables for all processes. */
import { z } from "zod";
import type { RedisConnectionOptions } from "./redis-connection.ts";

/** Part of a configuration's schema. */
export const redisEnv = {
  /** One server, Sentinel or Cluster: see redis-connection.ts. */
  REDIS_URL: z
    .string()
    .regex(
      /^rediss?(-sentinel|-cluster)?:\/\//,
      "must begin with redis:, redis-sentinel: or redis-cluster: (rediss… for TLS)",
    )
    .optional(),
  /** Files (PEM) for TLS to Redis. */
  REDIS_CA_FILE: z.string().optional(),
  REDIS_CERT_FILE: z.string().optional(),
  REDIS_KEY_FILE: z.string().optional(),
  /** Before every key of the caches in Redis, so that several graphs can share one. */
  CACHE_NAMESPACE: z.string().min(1).default("city-graph"),
};

export type RedisEnv = Readonly<z.infer<z.ZodObject<typeof redisEnv>>>;

/** @returns undefined without REDIS_URL. */
export function redisOptions(config: RedisEnv): Omit<RedisConnectionOptions, "log"> | undefined {
  const { REDIS_URL: url, REDIS_CA_FILE, REDIS_CERT_FILE, REDIS_KEY_FILE } = config;
  if (url === undefined) return undefined;
  const tls = {
    ...(REDIS_CA_FILE ? { caFile: REDIS_CA_FILE } : {}),
    ...(REDIS_CERT_FILE ? { certFile: REDIS_CERT_FILE } : {}),
    ...(REDIS_KEY_FILE ? { keyFile: REDIS_KEY_FILE } : {}),
  };
  return { url, tls };
}

/**
 * The stream in which a subgraph tells gateways what it has changed: field `invalidation` of an entry is a
 * JSON list of invalidations (docs/caching.md). The braces keep all of them on one master of a cluster, so
 * that one command reads them; the subgraph's name in the key lets an ACL give each its own stream.
 */
export const invalidationStream = (namespace: string, subgraph: string): string =>
  `{${namespace}:invalidations}:${subgraph}`;

/** The channel on which the registry announces the number of a launch (docs/registry.md). */
export const registryChannel = (namespace: string, variant: string): string =>
  `${namespace}:registry:${variant}`;
