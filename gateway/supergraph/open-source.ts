/** The supergraph's source that the configuration asks for: the registry, or a file. */
import type { Log } from "../../platform/log.ts";
import { redisOptions, registryChannel } from "../../platform/redis-env.ts";
import type { Config } from "../config.ts";
import { registrySource } from "./registry-source.ts";
import { sourceOf, type SupergraphSource } from "./source.ts";

export function openSource(
  config: Config,
  { variant, keptFile }: { readonly variant: string; readonly keptFile: string },
  log: Log,
): SupergraphSource {
  const { REGISTRY_URL: url, REGISTRY_GATEWAY_KEY: key } = config;
  if (url === undefined || !key) return sourceOf(config.SUPERGRAPH);
  const redis = redisOptions(config);
  const channel = registryChannel(config.CACHE_NAMESPACE, variant);
  return registrySource(log, {
    url: url.replace(/\/$/, ""),
    key: key.reveal(),
    publicKey: config.REGISTRY_PUBLIC_KEY_FILE,
    variant,
    keptFile,
    pollIntervalMs: config.REGISTRY_POLL_MS,
    smokeOperation: config.REGISTRY_SMOKE_FILE || "{ __typename }",
    ...(redis ? { push: { redis, channel } } : {}),
  });
}
