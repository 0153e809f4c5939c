/** How to reach Redis, from the configuration. */
import type { RedisConnectionOptions } from "./cache/redis-connection.ts";
import type { Config } from "./config.ts";

export function redisOptions(config: Config): Omit<RedisConnectionOptions, "log"> {
  const { REDIS_URL: url = "", REDIS_CA_FILE, REDIS_CERT_FILE, REDIS_KEY_FILE } = config;
  const tls = {
    ...(REDIS_CA_FILE ? { caFile: REDIS_CA_FILE } : {}),
    ...(REDIS_CERT_FILE ? { certFile: REDIS_CERT_FILE } : {}),
    ...(REDIS_KEY_FILE ? { keyFile: REDIS_KEY_FILE } : {}),
  };
  return { url, tls };
}
