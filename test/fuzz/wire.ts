/**
 * The subgraphs of a case behind real sockets, and the gateway's own fetches to them: answers that are compressed or
 * come in pieces, and the faults that only a connection can have.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { createFetchStack } from "../../gateway/fetch/subgraph-fetch-stack.ts";
import { subgraphOptionsSchema } from "../../gateway/fetch/subgraph-options.ts";
import type { SubgraphFetch } from "../../gateway/fetch/subgraph-fetch.ts";
import type { SubgraphFault } from "./subgraph-faults.ts";

export type WireFault = {
  readonly kind: "page" | "refusing" | "closing" | "cut" | "late";
  readonly subgraph: string;
};

/** @returns the answer's text. Rejects when there is none. */
export type Answering = (subgraph: string, body: string) => Promise<string>;

const isJson = { "content-type": "application/json" };

function sendWrong(response: ServerResponse, kind: WireFault["kind"], answer: string): void {
  switch (kind) {
    case "page":
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>Moved</h1>");
      break;
    case "refusing":
      response.writeHead(500, isJson).end('{"errors":[{"message":"Out of order."}]}');
      break;
    case "closing":
      response.destroy();
      break;
    case "cut":
      response.writeHead(200, { ...isJson, "content-length": Buffer.byteLength(answer) });
      response.write(answer.slice(0, answer.length / 2), () => response.destroy());
      break;
    case "late":
      break;
  }
}

/** In the ways of well-behaved servers, one after another. */
function createSend() {
  let count = 0;
  return (response: ServerResponse, answer: string): void => {
    count += 1;
    if (count % 3 === 0) {
      response.writeHead(200, { ...isJson, "content-encoding": "gzip" }).end(gzipSync(answer));
    } else if (count % 3 === 1) {
      response.writeHead(200, isJson);
      const bytes = Buffer.from(answer);
      const middle = Math.floor(bytes.length / 2);
      response.write(bytes.subarray(0, middle), () => response.end(bytes.subarray(middle)));
    } else response.writeHead(200, isJson).end(answer);
  };
}

export type Wire = AsyncDisposable & { readonly fetch: SubgraphFetch };

export async function openWire(
  answering: Answering,
  faults: readonly SubgraphFault[],
): Promise<Wire> {
  const send = createSend();
  const wrong = new Map(faults.map(({ kind, subgraph }) => [subgraph, kind] as const));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const subgraph = String(request.url).slice(1);
    const told = await answering(subgraph, await text(request)).catch(() => undefined);
    const kind = wrong.get(subgraph);
    const isWrong = kind === "page" || kind === "refusing" || kind === "closing";
    if (told === undefined) response.destroy();
    else if (isWrong || kind === "cut" || kind === "late") sendWrong(response, kind, told);
    else send(response, told);
  }
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const isLate = [...wrong.values()].includes("late");
  const options = subgraphOptionsSchema.parse({
    timeoutMs: isLate ? 300 : 30_000,
    compression: true,
    breaker: false,
    retry: false,
  });
  const stack = createFetchStack({
    urlOf: (subgraph) => `http://127.0.0.1:${port}/${subgraph}`,
    optionsOf: () => options,
    signingKey: undefined,
    clock: Date.now,
  });
  return {
    fetch: stack.fetch,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await stack.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
