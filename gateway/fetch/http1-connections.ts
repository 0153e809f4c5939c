/**
 * HTTP/1.1 to one address, TCP, TLS or Unix socket: an undici pool, kept alive. Time limits are the
 * exchange's business (one timer for the whole fetch), so the pool's own are off.
 */
import { type Dispatcher, Pool } from "undici";
import type { Connections, ConnectionOptions } from "./connections.ts";
import { collect } from "./exchange.ts";
import type { SubgraphAddress } from "./subgraph-url.ts";

/** A server that says `keep-alive: timeout=…` is heeded; this is for those that do not. */
const keepAliveMs = 30_000;

export function openHttp1(address: SubgraphAddress, options: ConnectionOptions): Connections {
  const { connections, pipelining, connectTimeoutMs, ca } = options;
  const { origin, socketPath } = address;
  const pool = new Pool(origin, {
    connections,
    pipelining,
    connect: { timeout: connectTimeoutMs, ...(ca === undefined ? {} : { ca }) },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    ...(socketPath ? { socketPath } : {}),
  });
  return {
    exchange: (request) =>
      collect(request, (collector) => {
        const { path, headers, body } = request;
        const idempotent = pipelining > 1 && request.idempotent;
        let controller: Dispatcher.DispatchController | undefined;
        pool.dispatch(
          { method: "POST", path, headers, body, idempotent, blocking: !idempotent },
          {
            // Called when the request is about to be written: it may have waited for a connection.
            onRequestStart(given) {
              controller = given;
              const early = collector.endedEarly();
              if (early) given.abort(early);
            },
            onResponseStart: (_controller, status, fields) => collector.head(status, fields),
            onResponseData: (_controller, chunk) => collector.data(chunk),
            onResponseEnd: () => collector.end(),
            onResponseError: (_controller, error) => collector.fail(error),
          },
        );
        return (reason) => controller?.abort(reason);
      }),
    close: () => pool.close(),
  };
}
