/** The connections to one address, by the protocol that its URL asks for. */
import { openByAlpn } from "./alpn-connections.ts";
import type { Exchange } from "./exchange.ts";
import { openHttp1 } from "./http1-connections.ts";
import { openHttp2 } from "./http2-connections.ts";
import type { SubgraphAddress } from "./subgraph-url.ts";

export type ConnectionOptions = {
  /** At most this many sockets. */
  readonly connections: number;
  /** Requests on one HTTP/1.1 connection at a time. */
  readonly pipelining: number;
  /** Whether HTTP/2 is offered in a TLS handshake. */
  readonly http2: boolean;
  /** Requests on one HTTP/2 connection at a time, before another is opened. */
  readonly streams: number;
  readonly connectTimeoutMs: number;
  /** Certificates (PEM) that are trusted instead of the system's: a city's own authority. */
  readonly ca?: string | undefined;
};

export type Connections = {
  readonly exchange: Exchange;
  /** Waits for what is under way. */
  readonly close: () => Promise<void>;
};

const kinds: Readonly<
  Record<
    SubgraphAddress["protocol"],
    (address: SubgraphAddress, options: ConnectionOptions) => Connections
  >
> = {
  "http/1.1": openHttp1,
  h2c: ({ origin }, options) => openHttp2(origin, options),
  alpn: (address, options) =>
    options.http2 ? openByAlpn(address, options) : openHttp1(address, options),
};

export const openConnections = (
  address: SubgraphAddress,
  options: ConnectionOptions,
): Connections => kinds[address.protocol](address, options);
