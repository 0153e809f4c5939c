/** A subgraph of a few lines behind a real socket, and the gateway's fetch stack in front of it. */
import { randomUUID } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createFetchStack,
  type FetchStackOptions,
} from "../../../gateway/fetch/subgraph-fetch-stack.ts";
import { subgraphOptionsSchema } from "../../../gateway/fetch/subgraph-options.ts";
import type { z } from "zod";

export type StackSettings = Partial<FetchStackOptions> & {
  readonly subgraph?: z.input<typeof subgraphOptionsSchema>;
};

/** Stack whose every subgraph is at one URL. */
export function stackTo(url: string, { subgraph = {}, ...options }: StackSettings = {}) {
  const own = subgraphOptionsSchema.parse(subgraph);
  return createFetchStack({
    urlOf: () => url,
    optionsOf: () => own,
    signingKey: undefined,
    clock: Date.now,
    ...options,
  });
}

/**
 * The listener behind HTTP/1.1 on a free port; JSON unless it says otherwise. Its path is its own: the
 * port may have been that of a subgraph which another test killed and still asks.
 */
export async function listen(listener: RequestListener) {
  const path = `/${randomUUID()}/graphql`;
  const server = createServer((request, response) => {
    if (request.url === path) {
      response.setHeader("content-type", "application/json");
      listener(request, response);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    url: `http://127.0.0.1:${port}${path}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Both together. */
export async function withSubgraph(listener: RequestListener, settings: StackSettings = {}) {
  const fake = await listen(listener);
  const stack = stackTo(fake.url, settings);
  return {
    ...stack,
    server: fake.server,
    url: fake.url,
    async [Symbol.asyncDispose]() {
      fake.server.closeAllConnections();
      await stack.close();
      await fake[Symbol.asyncDispose]();
    },
  };
}

export const query = {
  subgraph: "payments",
  kind: "query",
  body: JSON.stringify({ query: "{ a }", variables: { x: 1 } }),
} as const;

export const call = {
  subgraph: "payments",
  kind: "query",
  body: '{"query":"{ a }"}',
} as const;

export const mutation = { ...call, kind: "mutation" } as const;
