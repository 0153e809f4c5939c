/**
 * Routing URL → where to connect and what to ask for. `http:` and `https:` as usual; `h2c:` is HTTP/2
 * without TLS, known beforehand (RFC 9113 section 3.3); `unix:///run/payments.sock?path=/graphql` is
 * HTTP over a Unix socket (path: `/graphql` when left out).
 */
export type SubgraphAddress = {
  /** What undici connects to; for a socket only the Host header comes of it. */
  readonly origin: string;
  readonly socketPath: string | undefined;
  /** Path and query, as sent. */
  readonly path: string;
  /** "alpn": TLS decides between HTTP/2 and 1.1. */
  readonly protocol: "http/1.1" | "h2c" | "alpn";
};

/** @throws TypeError that says what is wrong, without the URL, which may hold a secret. */
export function parseSubgraphUrl(text: string): SubgraphAddress {
  if (!URL.canParse(text)) throw new TypeError("The routing URL is no URL.");
  const url = new URL(text);
  const path = url.pathname + url.search;
  switch (url.protocol) {
    case "http:":
      return { origin: url.origin, socketPath: undefined, path, protocol: "http/1.1" };
    case "https:":
      return { origin: url.origin, socketPath: undefined, path, protocol: "alpn" };
    case "h2c:": {
      // Of a scheme that it does not know, URL takes an empty path and no default port.
      const origin = `http://${url.host}`;
      return { origin, socketPath: undefined, path: path || "/", protocol: "h2c" };
    }
    case "unix:": {
      const asked = url.searchParams.get("path") ?? "/graphql";
      if (url.host || !url.pathname.startsWith("/") || !asked.startsWith("/")) {
        throw new TypeError("A socket's URL reads unix:///path/to.sock?path=/graphql.");
      }
      const socketPath = decodeURIComponent(url.pathname);
      return { origin: "http://localhost", socketPath, path: asked, protocol: "http/1.1" };
    }
    default:
      throw new TypeError("A routing URL begins with http:, https:, h2c: or unix:.");
  }
}
