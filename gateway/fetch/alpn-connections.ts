/**
 * TLS decides the protocol (ALPN, RFC 7301): the first handshake tells whether the server speaks
 * HTTP/2, and its connection is then used; else the pool of HTTP/1.1 opens its own. A handshake that
 * fails decides nothing: the next exchange tries again.
 */
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { Connections, ConnectionOptions } from "./connections.ts";
import { collect } from "./exchange.ts";
import { openHttp1 } from "./http1-connections.ts";
import { openHttp2 } from "./http2-connections.ts";
import type { SubgraphAddress } from "./subgraph-url.ts";

function handshake(origin: string, { connectTimeoutMs, ca }: ConnectionOptions) {
  const { hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise<TLSSocket>((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
      ALPNProtocols: ["h2", "http/1.1"],
    });
    socket.setTimeout(connectTimeoutMs, () =>
      socket.destroy(new Error("The connection was not established in time.")),
    );
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      socket.setTimeout(0);
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

export function openByAlpn(address: SubgraphAddress, options: ConnectionOptions): Connections {
  let opening: Promise<Connections> | undefined;
  let opened: Connections | undefined;

  async function open(): Promise<Connections> {
    const socket = await handshake(address.origin, options);
    if (socket.alpnProtocol === "h2") {
      opened = openHttp2(address.origin, options, socket);
    } else {
      socket.destroy();
      opened = openHttp1(address, options);
    }
    return opened;
  }

  return {
    exchange(request) {
      if (opened) return opened.exchange(request);
      if (!opening) {
        opening = open();
        opening.catch(() => (opening = undefined));
      }
      const first = opening;
      // A deadline holds during the handshake too.
      return collect(request, (collector) => {
        first
          .then(async (connections) => {
            if (collector.endedEarly()) return;
            const { status, headers, body } = await connections.exchange(request);
            collector.head(status, headers);
            collector.data(body);
            collector.end();
          })
          .catch((error: Error) => collector.fail(error));
        return () => {};
      });
    },
    async close() {
      await opening?.then(
        (connections) => connections.close(),
        () => {},
      );
    },
  };
}
