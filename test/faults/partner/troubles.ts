/**
 * A partner's subgraph that can be in trouble in every way that a neighbour must not feel, and one that
 * never is. Plain HTTP: what is measured is the gateway.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const troubles = {
  none: "none",
  slow: "answers after 30 s",
  down: "closes every connection",
  errors: "200 with 20,000 errors (2 MB)",
  huge: "sends 1 GB",
  "huge-told": "announces 1 GB and sends it",
  garbage: "answers with a page",
  refuses: "500 at once",
} as const;

export type Trouble = keyof typeof troubles;

const gigabyte = 1024 ** 3;
const chunk = Buffer.alloc(64 * 1024, "x");
const errors = JSON.stringify({
  data: null,
  errors: Array.from({ length: 20_000 }, (_, index) => ({
    message: `Permit ${index} cannot be read: the register is being moved.`,
    extensions: { code: "MOVED" },
  })),
});

/** As fast as they are taken. */
function sendGigabyte(response: ServerResponse, announced: boolean): void {
  response.writeHead(200, {
    "content-type": "application/json",
    ...(announced ? { "content-length": gigabyte } : {}),
  });
  let left = gigabyte;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) return;
    }
    response.end();
  };
  response.on("drain", more);
  more();
}

export type Partner = AsyncDisposable & {
  readonly url: string;
  readonly be: (trouble: Trouble) => void;
};

/** @param body What it answers when nothing is wrong, after so many milliseconds. */
export async function startPartner(body: string, latencyMs = 0): Promise<Partner> {
  let trouble: Trouble = "none";
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    const answers: Readonly<Record<Trouble, () => unknown>> = {
      none: () =>
        latencyMs > 0 ? setTimeout(() => response.end(body), latencyMs) : response.end(body),
      slow() {
        const timer = setTimeout(() => response.end(body), 30_000);
        timers.add(timer);
        response.once("close", () => {
          clearTimeout(timer);
          timers.delete(timer);
        });
      },
      down: () => request.socket.destroy(),
      errors: () => response.end(errors),
      huge: () => sendGigabyte(response, false),
      "huge-told": () => sendGigabyte(response, true),
      garbage: () => response.setHeader("content-type", "text/html").end("<h1>Moved</h1>"),
      refuses: () => response.writeHead(500).end('{"errors":[{"message":"Out of order."}]}'),
    };
    answers[trouble]();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    be(next) {
      trouble = next;
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
