/**
 * One HTTP request as a value, so that a check can sign it, change it, and send it: and what came
 * back, as it came (nothing is decompressed, no status is an error). Signing is what the gateway does
 * (platform/http-signature.ts, RFC 9421).
 */
import { performance } from "node:perf_hooks";
import { Agent, request } from "undici";
import type { Clock } from "../platform/clock.ts";
import {
  principalHeader,
  requestIdHeader,
  type SignedParts,
  signRequest,
} from "../platform/http-signature.ts";
import { encodePrincipal, type Principal } from "../platform/principal.ts";

export type Prepared = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Exchange = {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
  /** Undefined when the body is not JSON. */
  readonly json: GraphqlBody | undefined;
  readonly durationMs: number;
};

export type GraphqlBody = {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: unknown;
};

export type Asked = {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Instead of `query` and `variables`. */
  readonly body?: string;
  readonly principal?: Principal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

export type SenderOptions = {
  readonly url: string;
  readonly name: string;
  /** Without it requests go unsigned. */
  readonly key: Uint8Array | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
};

export type Sender = {
  readonly prepare: (asked: Asked) => Prepared;
  readonly send: (prepared: Prepared) => Promise<Exchange>;
  /** As `prepare`, with parts of the signature's making changed. */
  readonly sign: (
    parts: SignedParts,
    key: Uint8Array,
    createdSeconds: number,
  ) => Prepared["headers"];
  readonly close: () => Promise<void>;
};

function parseJson(text: string): GraphqlBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Path without query string, as it is signed. */
export const signedPath = (url: string): string => new URL(url).pathname;

let asked = 0;

export function createSender(options: SenderOptions): Sender {
  const { url, name, key, timeoutMs, clock } = options;
  const agent = new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connections: 64 });
  const sign: Sender["sign"] = (parts, signingKey, createdSeconds) => ({
    ...signRequest(parts, signingKey, name, createdSeconds),
    [principalHeader]: parts.principal,
    [requestIdHeader]: parts.requestId,
  });

  return {
    sign,
    prepare({ query, variables, body: given, principal, headers }) {
      const body = given ?? JSON.stringify({ query, ...(variables ? { variables } : {}) });
      asked += 1;
      const parts = {
        method: "POST",
        path: signedPath(url),
        body,
        principal: encodePrincipal(principal),
        requestId: `conformance-${asked}`,
      };
      return {
        method: "POST",
        url,
        body,
        headers: {
          "content-type": "application/json",
          accept: "application/graphql-response+json, application/json;q=0.9",
          "accept-encoding": "identity",
          ...(key
            ? sign(parts, key, Math.floor(clock() / 1_000))
            : { [requestIdHeader]: parts.requestId }),
          ...headers,
        },
      };
    },
    async send(prepared) {
      const { method, headers } = prepared;
      const startedMs = performance.now();
      const hasBody = method !== "GET" && method !== "HEAD";
      const response = await request(prepared.url, {
        method: method as "POST",
        headers,
        ...(hasBody ? { body: prepared.body } : {}),
        dispatcher: agent,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const body = Buffer.from(await response.body.arrayBuffer());
      const text = body.toString("utf8");
      const flat = Object.entries(response.headers).map(
        ([header, value]) =>
          [header, Array.isArray(value) ? value.join(", ") : (value ?? "")] as const,
      );
      return {
        status: response.statusCode,
        headers: Object.fromEntries(flat),
        body,
        text,
        json: parseJson(text),
        durationMs: performance.now() - startedMs,
      };
    },
    close: () => agent.destroy(),
  };
}
