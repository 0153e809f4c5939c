/**
 * Who asks, as the gateway vouches for it. Every request must carry the gateway's signature over
 * method, path, body, principal and request id (platform/http-signature.ts); `_service`, which
 * composition tools read, is the only thing that is open.
 */
import type { IncomingHttpHeaders } from "node:http";
import { Kind, parse } from "graphql";
import { principalHeader, requestIdHeader, verifyRequest } from "../../platform/http-signature.ts";
import { decodePrincipal, type Principal } from "../../platform/principal.ts";
import type { Clock } from "../../platform/clock.ts";

export type SignedRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
};

export type Identified =
  | { readonly ok: true; readonly principal: Principal | undefined; readonly requestId: string }
  | { readonly ok: false; readonly reason: string };

const text = (value: string | readonly string[] | undefined): string =>
  typeof value === "string" ? value : "";

/** The gateway's and the subgraph's clocks may differ by this much. */
const toleranceSeconds = 60;

export function createIdentify(
  key: Uint8Array,
  clock: Clock,
): (request: SignedRequest) => Identified {
  return (request) => {
    const { method, path, headers, body } = request;
    const principal = text(headers[principalHeader]);
    const requestId = text(headers[requestIdHeader]);
    const signature = {
      "content-digest": text(headers["content-digest"]),
      "signature-input": text(headers["signature-input"]),
      signature: text(headers["signature"]),
    };
    const nowSeconds = Math.floor(clock() / 1_000);
    const parts = { method, path, body, principal, requestId };
    const verdict = verifyRequest(parts, signature, { key, nowSeconds, toleranceSeconds });
    if (!verdict.ok) return verdict;
    return { ok: true, principal: decodePrincipal(principal), requestId };
  };
}

/** Whether an operation asks for nothing but the subgraph's SDL. */
export function asksOnlyForSdl(query: unknown): boolean {
  if (typeof query !== "string" || !query.includes("_service")) return false;
  try {
    const { definitions } = parse(query, { maxTokens: 50, noLocation: true });
    return definitions.every(
      (definition) =>
        definition.kind === Kind.OPERATION_DEFINITION &&
        definition.selectionSet.selections.every(
          (selection) => selection.kind === Kind.FIELD && selection.name.value === "_service",
        ),
    );
  } catch {
    return false;
  }
}
