/**
 * The connections to one address: an undici pool, kept alive. Time limits are the exchange's business
 * (one timer for the whole fetch), so the pool's own are off.
 */
import { buildConnector, Client, type Dispatcher, H2CClient, Pool } from "undici";
import type { SubgraphAddress } from "./subgraph-url.ts";

export type ConnectionOptions = {
  /** At most this many sockets. */
  readonly connections: number;
  /** Requests on one HTTP/1.1 connection at a time; over HTTP/2 the streams of a connection. */
  readonly pipelining: number;
  readonly streams: number;
  readonly connectTimeoutMs: number;
  /** Certificates (PEM) that are trusted instead of the system's: a city's own authority. */
  readonly ca?: string | undefined;
};

/** Below the usual idle limits of servers; a server that says `keep-alive: timeout=…` is heeded. */
const keepAliveMs = 30_000;

const common = ({ connections, connectTimeoutMs: connectTimeout }: ConnectionOptions) => ({
  connections,
  connectTimeout,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: keepAliveMs,
});

const kinds: Readonly<
  Record<
    SubgraphAddress["protocol"],
    (address: SubgraphAddress, options: ConnectionOptions) => Pool
  >
> = {
  "http/1.1": ({ origin, socketPath }, options) =>
    new Pool(origin, {
      ...common(options),
      pipelining: options.pipelining,
      ...(socketPath ? { socketPath } : {}),
    }),
  h2c: ({ origin }, options) =>
    new Pool(origin, {
      ...common(options),
      factory: (url, given) =>
        new H2CClient(url, {
          ...given,
          // The pool's own connector would speak HTTP/1.1.
          connect: { timeout: options.connectTimeoutMs },
          maxConcurrentStreams: options.streams,
          pipelining: options.streams,
        }),
    }),
  alpn: ({ origin }, options) =>
    new Pool(origin, {
      ...common(options),
      allowH2: true,
      maxConcurrentStreams: options.streams,
      factory: (url, given) => openClientByAlpn(url, given, options),
    }),
};

/** Which protocol it is shows after the handshake; until then one request waits for it. */
function openClientByAlpn(url: URL, given: object, options: ConnectionOptions): Client {
  const { connectTimeoutMs: timeout, ca, pipelining, streams } = options;
  const connect = buildConnector({ allowH2: true, timeout, ...(ca === undefined ? {} : { ca }) });
  const client = new Client(url, {
    ...given,
    pipelining,
    connect: (wish, done) =>
      connect(wish, (...result) => {
        const socket = result[1] as { readonly alpnProtocol?: unknown } | null;
        if (socket?.alpnProtocol === "h2") queueMicrotask(() => (client.pipelining = streams));
        done(...result);
      }),
  });
  return client;
}

export const openConnections = (address: SubgraphAddress, options: ConnectionOptions): Dispatcher =>
  kinds[address.protocol](address, options);
