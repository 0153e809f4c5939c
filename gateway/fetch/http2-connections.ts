/**
 * HTTP/2 to one address (RFC 9113): few connections, many streams on each. By `node:http2`, because
 * undici's client sends what is not idempotent only on an idle connection, and ends a stream without
 * saying that it was given up.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";
import type { Duplex } from "node:stream";
import type { Connections, ConnectionOptions } from "./connections.ts";
import { collect, type ExchangeRequest } from "./exchange.ts";

const idleMs = 60_000;
/** A connection that does not answer a ping for so long is dead: no stream on it will end. */
const pingTimeoutMs = 2_000;
/** Room for answers on a long way: the default of 64 kB is one round trip each 64 kB. */
const windowBytes = 1024 * 1024;

type Line = { readonly session: ClientHttp2Session; streams: number; open: boolean };

/** @param first An established TLS connection that has agreed on HTTP/2, to begin with. */
export function openHttp2(
  origin: string,
  { connections, streams, connectTimeoutMs, ca }: ConnectionOptions,
  first?: Duplex,
): Connections {
  const lines = new Set<Line>();
  let closed = false;

  function openLine(socket?: Duplex): Line {
    const options: SecureClientSessionOptions = {
      settings: { enablePush: false, initialWindowSize: windowBytes },
      ...(ca === undefined ? {} : { ca }),
      ...(socket ? { createConnection: () => socket } : {}),
    };
    const session = connect(origin, options);
    const line: Line = { session, streams: 0, open: true };
    const leave = () => {
      line.open = false;
      lines.delete(line);
    };
    const timer = setTimeout(() => {
      session.destroy(new Error("The connection was not established in time."));
    }, connectTimeoutMs);
    session.once("connect", () => {
      clearTimeout(timer);
      session.setLocalWindowSize(windowBytes);
    });
    // Its streams report the error each for itself.
    session.on("error", leave);
    session.once("close", () => {
      clearTimeout(timer);
      leave();
    });
    // What is under way may end; what is new goes elsewhere.
    session.once("goaway", leave);
    session.setTimeout(idleMs, () => {
      if (line.streams > 0) return;
      leave();
      session.close();
    });
    lines.add(line);
    return line;
  }

  /** The line with the fewest streams, or a new one when that is full and there may be more. */
  function pickLine(): Line {
    let best: Line | undefined;
    for (const line of lines) if (!best || line.streams < best.streams) best = line;
    if (!best || (best.streams >= streams && lines.size < connections)) return openLine();
    return best;
  }

  /** After a stream that never ended: is anybody there at all? */
  function ask({ session, open }: Line): void {
    if (!open || session.destroyed || session.connecting) return;
    const silent = () => session.destroy(new Error("The connection does not answer."));
    const timer = setTimeout(silent, pingTimeoutMs);
    session.ping(() => clearTimeout(timer));
  }

  function begin({ session }: Line, { path, headers, body }: ExchangeRequest): ClientHttp2Stream {
    const fields: Record<string, string> = {
      ":method": "POST",
      ":path": path,
      "content-length": String(body.length),
    };
    for (let at = 0; at + 1 < headers.length; at += 2) {
      fields[headers[at] ?? ""] = headers[at + 1] ?? "";
    }
    const stream = session.request(fields);
    stream.end(body);
    return stream;
  }

  if (first) openLine(first);
  return {
    exchange: (request) =>
      collect(request, (collector) => {
        if (closed) {
          collector.fail(new Error("The connections are closed."));
          return () => {};
        }
        const line = pickLine();
        const stream = begin(line, request);
        line.streams += 1;
        stream.on("response", (fields: IncomingHttpHeaders & { ":status"?: number }) =>
          collector.head(fields[":status"] ?? 0, fields),
        );
        stream.on("data", (chunk: Buffer) => collector.data(chunk));
        // A stream that was reset with "no error" ends too, but is not whole.
        stream.on("end", () => {
          if (!stream.aborted && stream.rstCode === constants.NGHTTP2_NO_ERROR) collector.end();
        });
        stream.on("error", (error) => collector.fail(error));
        stream.once("close", () => {
          line.streams -= 1;
          collector.fail(new Error(`The stream was closed early, code ${stream.rstCode}.`));
        });
        return ({ reason }) => {
          stream.close(constants.NGHTTP2_CANCEL);
          if (reason === "late") ask(line);
        };
      }),
    async close() {
      closed = true;
      const ends = [...lines].map(
        ({ session }) => new Promise<void>((resolve) => session.close(resolve)),
      );
      await Promise.all(ends);
    },
  };
}
