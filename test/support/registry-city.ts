/** The whole city behind a registry: its four subgraphs are published, and the gateway follows. */
import { readFile } from "node:fs/promises";
import { inject } from "vitest";
import { silentLog } from "../../platform/log.ts";
import { connectRedis } from "../../platform/redis-connection.ts";
import { registryChannel } from "../../platform/redis-env.ts";
import { fromRoot } from "../../platform/root.ts";
import { readRover } from "../../schema/rover.ts";
import { type City, startCity } from "./city.ts";
import { gatewayKey, operatorKey, startRegistry, type TestRegistry } from "./registry.ts";
import { tempFolder } from "./temp-folder.ts";

export type RegistryCity = AsyncDisposable & {
  readonly registry: TestRegistry;
  readonly city: City;
};

/** @param subgraphOptions What an operator approves, as SUBGRAPH_OPTIONS has it (YAML). */
export async function startRegistryCity(subgraphOptions = "{}\n"): Promise<RegistryCity> {
  const redis = connectRedis({ url: inject("redisUrl"), log: silentLog });
  const namespace = `walk-${process.pid}-${Date.now()}`;
  const registry = await startRegistry({
    announce: (variant, launch) =>
      void redis.client.publish(registryChannel(namespace, variant), `${launch}`),
  });
  const { subgraphs } = await readRover(fromRoot("rover.yaml"));
  for (const { name, routingUrl } of subgraphs) {
    await registry.join(name, "smart-dubai");
    const sdl = await readFile(fromRoot(`schema/subgraphs/${name}.graphql`), "utf8");
    const route = `POST /publish?subgraph=${name}&routingUrl=${routingUrl}`;
    const { body } = await registry.ask(route, { as: operatorKey, body: sdl });
    if (body.kind !== "published") throw new Error(JSON.stringify(body));
  }
  const folder = await tempFolder({
    "registry.pub": registry.publicKey,
    "options.yaml": subgraphOptions,
  });
  const city = await startCity({
    env: {
      REGISTRY_URL: registry.url,
      REGISTRY_GATEWAY_KEY: gatewayKey,
      REGISTRY_PUBLIC_KEY_FILE: folder.file("registry.pub"),
      REGISTRY_KEPT_FILE: folder.file("kept.json"),
      REGISTRY_POLL_MS: "600000",
      REGISTRY_USAGE_INTERVAL_MS: "500",
      SUBGRAPH_OPTIONS: folder.file("options.yaml"),
      REDIS_URL: inject("redisUrl"),
      CACHE_NAMESPACE: namespace,
      CACHE: "false",
    },
  });
  return {
    registry,
    city,
    async [Symbol.asyncDispose]() {
      await city[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
      await redis.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Clients that ask without a pause until they are told to stop. */
export function startLoad(city: City, clients: number) {
  let asked = 0;
  const failures: unknown[] = [];
  let isOn = true;
  const client = async () => {
    while (isOn) {
      asked += 1;
      const query = `{ services(first: 3) { nodes { id agency { id } } } # ${asked}\n}`;
      try {
        const { data, errors } = await city.ask(query);
        if (errors || data.services.nodes.length !== 3) failures.push(errors ?? data);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client));
  return {
    failures,
    asked: () => asked,
    async stop() {
      isOn = false;
      await done;
    },
  };
}
