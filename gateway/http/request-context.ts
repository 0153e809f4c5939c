/**
 * What a request says about itself in headers: its id and its client. Headers are untrusted and go
 * into logs and on to subgraphs, so they are bounded here, once.
 */
import type { IncomingHttpHeaders } from "node:http";

export type RequestOrigin = {
  readonly requestId: string;
  readonly clientName: string;
  readonly clientVersion: string;
};

const requestIdPattern = /^[A-Za-z0-9_-]{8,64}$/;
const clientPattern = /^[A-Za-z0-9 ._@/-]{1,64}$/;

function clientText(headers: IncomingHttpHeaders, property: "name" | "version"): string {
  const text = headers[`apollographql-client-${property}`] ?? headers[`graphql-client-${property}`];
  return typeof text === "string" && clientPattern.test(text) ? text : "unknown";
}

export function readOrigin(
  headers: IncomingHttpHeaders,
  newRequestId: () => string,
): RequestOrigin {
  const given = headers["x-request-id"];
  return {
    requestId: typeof given === "string" && requestIdPattern.test(given) ? given : newRequestId(),
    clientName: clientText(headers, "name"),
    clientVersion: clientText(headers, "version"),
  };
}
