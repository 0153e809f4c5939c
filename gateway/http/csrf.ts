/**
 * Prevention of cross-site request forgery and cross-site search.
 *
 * The attack: a hostile page makes a visitor's browser send a request to the graph, with whatever
 * the browser adds by itself: cookies, a client certificate, or simply the visitor's place inside a
 * network. The page cannot read the answer, but a mutation would have run, and the time a query
 * takes can be measured.
 *
 * Why this protects: a browser sends a cross-site request without asking only while it is "simple"
 * (Fetch, "CORS-safelisted request-header"). Any header of our own and `application/json` make it
 * ask first by a preflight, which CORS answers for allowed origins only. A request that carries one
 * of them has passed that door. A simple request is judged by Fetch Metadata: `Sec-Fetch-Site` is
 * written by the browser, no page can set it; where it is absent, `Origin` says who asks. Clients
 * that are not browsers send neither, and carry nobody's ambient rights.
 *
 * Not covered: a GET to plain HTTP, or from a browser older than Fetch Metadata, may carry neither
 * header. Serve the graph over HTTPS; GET never runs a mutation; tokens are never sent by browsers
 * on their own.
 */
import type { IncomingHttpHeaders } from "node:http";

/** Not safelisted, so a page that sets one forces a preflight. The first is Apollo's convention. */
const preflightHeaders = ["apollo-require-preflight", "x-apollo-operation-name"] as const;

/**
 * Only the one type that clients have a reason to send counts. That every unknown type forces a
 * preflight is what the standard says, but some browsers have let a few through.
 */
const forcesPreflight = (contentType: string): boolean =>
  contentType.split(";", 1)[0]?.trim().toLowerCase() === "application/json";

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.parse(origin)?.host === host.toLowerCase();
}

/** Whether a page of another site could have made a browser send this without a preflight. */
export function mayBeForged(
  headers: IncomingHttpHeaders,
  isAllowedOrigin: (origin: string) => boolean,
): boolean {
  if (preflightHeaders.some((name) => headers[name])) return false;
  if (forcesPreflight(headers["content-type"] ?? "")) return false;
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin } = headers;
  if (origin === undefined) return false;
  return !isOwnOrigin(origin, headers.host) && !isAllowedOrigin(origin);
}

export const csrfMessage =
  "This request could have been forged by another site's page and was refused. Send the header apollo-require-preflight: 1, or a POST with content-type: application/json.";
