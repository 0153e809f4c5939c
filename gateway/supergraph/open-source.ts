/** What a gateway follows as its configuration says: the registry, with its candidates, or a file. */
import { redisOptions, registryChannel } from "../../platform/redis-env.ts";
import type { Config } from "../config.ts";
import { type AnswerSmokeDeps, createAnswerSmoke } from "./answer-smoke.ts";
import { registrySource } from "./registry-source.ts";
import { createSmokeTest } from "./smoke-test.ts";
import { sourceOf, type SupergraphSource } from "./source.ts";

/** How to ask the registry; undefined when a file is followed. */
export function registryAccess(config: Config, variant: string) {
  const { REGISTRY_URL: url, REGISTRY_GATEWAY_KEY: key } = config;
  if (url === undefined || !key) return undefined;
  const redis = redisOptions(config);
  const channel = registryChannel(config.CACHE_NAMESPACE, variant);
  return {
    url: url.replace(/\/$/, ""),
    key: key.reveal(),
    publicKey: config.REGISTRY_PUBLIC_KEY_FILE,
    variant,
    pollIntervalMs: config.REGISTRY_POLL_MS,
    ...(redis ? { push: { redis, channel } } : {}),
  };
}

export function openSource(
  config: Config,
  { variant, keptFile }: { readonly variant: string; readonly keptFile: string },
  deps: Omit<AnswerSmokeDeps, "timeoutMs">,
): SupergraphSource {
  const access = registryAccess(config, variant);
  if (!access) return sourceOf(config.SUPERGRAPH);
  const answer = createAnswerSmoke({ ...deps, timeoutMs: config.REQUEST_TIMEOUT_MS });
  const smokeTest = createSmokeTest(config.REGISTRY_SMOKE_FILE || "{ __typename }", answer);
  return registrySource(deps.log, { ...access, keptFile, smokeTest });
}
