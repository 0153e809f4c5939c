/** A registry, subgraphs of a few lines and a gateway that follows it: everything on real sockets. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, parse } from "graphql";
import { inject } from "vitest";
import { readConfig } from "../../gateway/config.ts";
import { startGateway } from "../../gateway/server.ts";
import { silentLog } from "../../platform/log.ts";
import type { Principal } from "../../platform/principal.ts";
import { connectRedis } from "../../platform/redis-connection.ts";
import { registryChannel } from "../../platform/redis-env.ts";
import { createIssuer } from "./issuer.ts";
import {
  gatewayKey,
  startRegistry,
  type TestRegistry,
  type TestRegistryOptions,
} from "./registry.ts";
import type { Answer } from "./start-subgraph.ts";
import { tempFolder } from "./temp-folder.ts";

export type SmallSubgraph = AsyncDisposable & {
  readonly url: string;
  /** In the test's hands. */
  readonly state: { requests: number; isFailing: boolean; delayMs: number; cacheControl: string };
};

export async function startSmallSubgraph(sdl: string, resolvers: object): Promise<SmallSubgraph> {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  const state = { requests: 0, isFailing: false, delayMs: 0, cacheControl: "no-store" };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    const answer = async (): Promise<unknown> => {
      state.requests += 1;
      if (state.delayMs > 0) await new Promise((done) => setTimeout(done, state.delayMs));
      if (state.isFailing) return response.writeHead(500).end("{}");
      const { query: source, variables } = JSON.parse(Buffer.concat(chunks).toString());
      const result = await graphql({ schema, source, variableValues: variables });
      const headers = { "content-type": "application/json", "cache-control": state.cacheControl };
      return response.writeHead(200, headers).end(JSON.stringify(result));
    };
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => void answer());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    state,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export type WorldAnswer = Answer & { readonly status: number };

export type RegistryWorld = AsyncDisposable & {
  readonly registry: TestRegistry;
  /** Publishes with the operator's key; @throws unless it is taken. */
  readonly publish: (subgraph: string, sdl: string, url: string) => Promise<void>;
  readonly startGateway: (env?: Readonly<Record<string, string>>) => Promise<{
    readonly origin: string;
    readonly ask: (
      path: string,
      query: string,
      options?: { readonly token?: string; readonly headers?: Readonly<Record<string, string>> },
    ) => Promise<WorldAnswer>;
    readonly stop: () => Promise<void>;
  }>;
  readonly tokenOf: (principal: Principal, audience?: string) => Promise<string>;
};

export async function startRegistryWorld(
  options: Omit<TestRegistryOptions, "announce"> = {},
): Promise<RegistryWorld> {
  const redis = connectRedis({ url: inject("redisUrl"), log: silentLog });
  const namespace = `world-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const registry = await startRegistry({
    ...options,
    announce: (variant, launch) =>
      void redis.client.publish(registryChannel(namespace, variant), `${launch}`),
  });
  const folder = await tempFolder({ "registry.pub": registry.publicKey });
  const issuer = await createIssuer(folder.file("."));
  const closing: (() => Promise<unknown>)[] = [];
  let gateways = 0;
  return {
    registry,
    tokenOf: issuer.tokenOf,
    async publish(subgraph, sdl, url) {
      const route = `POST /publish?subgraph=${subgraph}&routingUrl=${encodeURIComponent(url)}`;
      const { body } = await registry.ask(route, { body: sdl });
      if (body.kind !== "published") throw new Error(JSON.stringify(body));
    },
    async startGateway(env = {}) {
      gateways += 1;
      const config = readConfig([], {
        PORT: "0",
        REGISTRY_URL: registry.url,
        REGISTRY_GATEWAY_KEY: gatewayKey,
        REGISTRY_PUBLIC_KEY_FILE: folder.file("registry.pub"),
        REGISTRY_KEPT_FILE: folder.file(`kept-${gateways}.json`),
        REGISTRY_POLL_MS: "600000",
        REDIS_URL: inject("redisUrl"),
        CACHE_NAMESPACE: namespace,
        ...issuer.env,
        ...env,
      });
      const gateway = await startGateway(config, silentLog);
      let stopped: Promise<void> | undefined;
      const stop = () => (stopped ??= gateway.stop());
      closing.push(stop);
      const { origin } = new URL(gateway.url);
      return {
        origin,
        stop,
        async ask(path, query, { token, headers = {} } = {}) {
          const response = await fetch(`${origin}${path}`, {
            method: "POST",
            headers: {
              "content-type": "application/json",
              accept: "application/graphql-response+json",
              ...(token ? { authorization: `Bearer ${token}` } : {}),
              ...headers,
            },
            body: JSON.stringify({ query }),
          });
          return { status: response.status, ...((await response.json()) as Answer) };
        },
      };
    },
    async [Symbol.asyncDispose]() {
      for (const close of closing) await close();
      await registry[Symbol.asyncDispose]();
      await redis.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
