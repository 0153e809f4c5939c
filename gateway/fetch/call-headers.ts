/** The headers of a request to a subgraph: media types, the time it has, and the gateway's signature. */
import { createSecretKey } from "node:crypto";
import type { Clock } from "../../platform/clock.ts";
import {
  deriveSubgraphKey,
  principalHeader,
  requestIdHeader,
  signRequest,
} from "../../platform/http-signature.ts";
import type { RequestContext } from "../context.ts";
import type { PrincipalView } from "./principal-view.ts";

export const remainingTimeHeader = "x-envoy-expected-rq-timeout-ms";

export type CallHeadersOptions = {
  readonly subgraph: string;
  /** Master key; the subgraph's own is derived from it. Without it requests go unsigned. */
  readonly signingKey: string | undefined;
  readonly accept: string;
  /** `accept-encoding`. */
  readonly codings: string;
  /** What the subgraph is told of who asks. */
  readonly principalView: PrincipalView;
  readonly clock: Clock;
};

export type Called = {
  /** Without query string: what is signed. */
  readonly path: string;
  readonly body: Buffer;
  /** More headers, by their lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined for what has no end. */
  readonly remainingMs?: number;
};

/** @returns name, value, name, value, … */
export function createCallHeaders(options: CallHeadersOptions) {
  const { subgraph, signingKey, accept, codings, principalView, clock } = options;
  const key =
    signingKey === undefined ? undefined : createSecretKey(deriveSubgraphKey(signingKey, subgraph));
  return ({ path, body, headers: more, remainingMs }: Called, context: RequestContext) => {
    const { requestId } = context;
    const headers = [
      "content-type",
      "application/json",
      "accept",
      accept,
      "accept-encoding",
      codings,
      requestIdHeader,
      requestId,
    ];
    if (remainingMs !== undefined) headers.push(remainingTimeHeader, String(remainingMs));
    for (const name in more) headers.push(name, more[name] ?? "");
    if (!key) return headers;
    const principal = principalView(context.principal);
    const parts = { method: "POST", path, body, principal, requestId };
    const signed = signRequest(parts, key, subgraph, Math.floor(clock() / 1_000));
    headers.push(
      principalHeader,
      principal,
      "content-digest",
      signed["content-digest"],
      "signature-input",
      signed["signature-input"],
      "signature",
      signed.signature,
    );
    return headers;
  };
}
