/**
 * Gateways in front of one origin: a subgraph of a few lines on a real socket, of which a test decides
 * what it answers and how long that may be used.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { graphql, parse } from "graphql";
import { readConfig } from "../../gateway/config.ts";
import { startGateway } from "../../gateway/server.ts";
import { silentLog } from "../../platform/log.ts";
import { compose, federationHeader } from "./federation.ts";

type Asked = { readonly query: string; readonly variables: any };

export type Origin = {
  /** Of everything, or by what was asked. */
  cacheControl: string | ((asked: Asked) => string);
  age: string | undefined;
  /** What `extensions` its next answers have. */
  extensions: object | undefined | ((asked: Asked) => object | undefined);
  /** While true every request is answered with 503. */
  isDown: boolean;
  delayMs: number;
  requests: number;
};

export const operatorKey = "an operators' key of enough characters";

export async function startOrigin(sdl: string, resolvers: object) {
  const schema = buildSubgraphSchema([
    { typeDefs: parse(federationHeader + sdl), resolvers: resolvers as never },
  ]);
  const origin: Origin = {
    cacheControl: "public, max-age=60",
    age: undefined,
    extensions: undefined,
    isDown: false,
    delayMs: 0,
    requests: 0,
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    const answer = async (): Promise<unknown> => {
      origin.requests += 1;
      if (origin.delayMs > 0) await new Promise((done) => setTimeout(done, origin.delayMs));
      if (origin.isDown) return response.writeHead(503).end();
      const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
      const principal = request.headers["city-graph-principal"];
      const contextValue = { principal };
      const result = await graphql({
        schema,
        source: query,
        variableValues: variables,
        contextValue,
      });
      const { cacheControl, extensions } = origin;
      const asked = { query, variables };
      const headers = {
        "content-type": "application/json",
        "cache-control": result.errors
          ? "no-store"
          : typeof cacheControl === "function"
            ? cacheControl(asked)
            : cacheControl,
        ...(origin.age === undefined ? {} : { age: origin.age }),
      };
      return response.writeHead(200, headers).end(
        JSON.stringify({
          ...result,
          extensions: typeof extensions === "function" ? extensions(asked) : extensions,
        }),
      );
    };
    request.on("end", () => void answer());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const folder = await mkdtemp(join(tmpdir(), "city-graph-origin-"));
  const file = join(folder, "supergraph.graphql");
  await writeFile(file, compose({ origin: { sdl } }));
  const gateways: (() => Promise<void>)[] = [];

  async function startGatewayOf(env: Readonly<Record<string, string>> = {}) {
    const config = readConfig([], {
      SUPERGRAPH: file,
      SUBGRAPH_URLS: `origin=http://127.0.0.1:${port}/graphql`,
      PORT: "0",
      OPERATOR_KEY: operatorKey,
      ...env,
    });
    const gateway = await startGateway(config, silentLog);
    gateways.push(gateway.stop);
    // The connections' warm-up asks, too.
    origin.requests = 0;
    const base = gateway.url.replace(/\/graphql$/, "");

    async function read(response: Response) {
      const text = await response.text();
      return {
        status: response.status,
        header: (name: string) => response.headers.get(name),
        body: text === "" ? undefined : JSON.parse(text),
      };
    }
    return {
      url: gateway.url,
      stop: gateway.stop,
      post: async (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
        read(
          await fetch(gateway.url, {
            method: "POST",
            headers: { "content-type": "application/json", ...headers },
            body: JSON.stringify({ query, variables }),
          }),
        ),
      get: async (query: string, headers: Record<string, string> = {}) =>
        read(
          await fetch(`${gateway.url}?query=${encodeURIComponent(query)}`, {
            headers: { "apollo-require-preflight": "yes", ...headers },
          }),
        ),
      operator: async (path: string, body?: unknown, key: string | undefined = operatorKey) => {
        const response = await fetch(base + path, {
          ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
          headers: key === undefined ? {} : { authorization: key },
        });
        const text = await response.text();
        return { status: response.status, text };
      },
    };
  }

  return {
    origin,
    startGateway: startGatewayOf,
    /** The gateways take up what is composed of this; the origin stays as it is. */
    changeSupergraph: (changed: string) => writeFile(file, compose({ origin: { sdl: changed } })),
    async [Symbol.asyncDispose]() {
      for (const stop of gateways) await stop().catch(() => {});
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(folder, { recursive: true });
    },
  };
}
