/**
 * A socket that a check writes HTTP/1.1 to by hand (RFC 9112): half a body, two requests in a row, a
 * hang-up. A client library would not let it.
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Prepared } from "./exchange.ts";

export type RawSocket = AsyncDisposable & {
  readonly write: (bytes: string) => Promise<void>;
  /** A request as text. */
  readonly whole: (prepared: Prepared) => string;
  /** Status of the next answer, read to its end; undefined when the connection was closed before. */
  readonly status: () => Promise<number | undefined>;
  /** Closes without a word. */
  readonly hangUp: () => void;
};

const waitMs = 10_000;

function dial(url: URL): Socket {
  const isTls = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || (isTls ? 443 : 80);
  return isTls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
}

/** Bytes of the first whole answer in the buffer; undefined when more must come. */
function answerLength(text: string): number | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd).toLowerCase();
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  if (length !== undefined) {
    const end = headEnd + 4 + Number(length);
    return text.length >= end ? end : undefined;
  }
  if (!/\r\ntransfer-encoding: *chunked/.test(head)) return undefined;
  const last = text.indexOf("\r\n0\r\n\r\n", headEnd);
  return last < 0 ? undefined : last + 7;
}

export async function openSocket({ url }: Pick<Prepared, "url">): Promise<RawSocket> {
  const target = new URL(url);
  const socket = dial(target);
  // One character a byte, so that lengths are bytes.
  socket.setEncoding("latin1");
  let [received, isClosed] = ["", false];
  let wake = (): void => {};
  socket.on("data", (chunk: string) => {
    received += chunk;
    wake();
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    isClosed = true;
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once(target.protocol === "https:" ? "secureConnect" : "connect", () => resolve());
    socket.once("error", reject);
  });

  return {
    write: (bytes) =>
      new Promise((resolve) => {
        socket.write(bytes, () => resolve());
      }),
    whole({ method, headers, body, url: asked }) {
      const { host, pathname, search } = new URL(asked);
      const lines = Object.entries({
        host,
        ...headers,
        "content-length": `${Buffer.byteLength(body)}`,
      }).map(([name, value]) => `${name}: ${value}`);
      return `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
    },
    async status() {
      const deadline = AbortSignal.timeout(waitMs);
      for (;;) {
        const length = answerLength(received);
        if (length !== undefined) {
          const status = /^HTTP\/1\.[01] (\d{3})/.exec(received)?.[1];
          received = received.slice(length);
          return Number(status);
        }
        if (isClosed || deadline.aborted) return undefined;
        await new Promise<void>((resolve) => {
          const onAbort = () => resolve();
          wake = () => {
            deadline.removeEventListener("abort", onAbort);
            resolve();
          };
          deadline.addEventListener("abort", onAbort);
        });
      }
    },
    hangUp: () => socket.destroy(),
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}
