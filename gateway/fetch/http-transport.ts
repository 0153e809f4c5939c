/**
 * Sends calls to one subgraph over HTTP and collects the answers, signed with the principal
 * (platform/http-signature.ts) when the gateway has a key, ended at the deadline or when nobody waits.
 * The innermost `SubgraphSend`: it tries once. The subgraph is told how long its answer is of use, in
 * `x-envoy-expected-rq-timeout-ms`, which proxies and service meshes already know.
 */
import { performance } from "node:perf_hooks";
import type { Clock } from "../../platform/clock.ts";
import { createCallHeaders } from "./call-headers.ts";
import { type ConnectionOptions, type Connections, openConnections } from "./connections.ts";
import { acceptedCodings, decodeBody, UnknownCoding } from "./decode-body.ts";
import { type ExchangeAnswer, ExchangeEnded } from "./exchange.ts";
import { invalidAnswer, overloaded, tooLate, unavailable } from "./failure.ts";
import { SubgraphFailure, type SubgraphSend } from "./subgraph-fetch.ts";
import { encodedPrincipal } from "./principal-header.ts";
import type { PrincipalView } from "./principal-view.ts";
import { parseSubgraphUrl, type SubgraphAddress } from "./subgraph-url.ts";

export type TransportOptions = ConnectionOptions & {
  readonly subgraph: string;
  /** The routing URL of this moment: a new supergraph may bring another. */
  readonly url: () => string | undefined;
  /** Master key; the subgraph's own is derived from it. Without it requests go unsigned. */
  readonly signingKey: string | undefined;
  /** What it is told of who asks; default: everything. */
  readonly principalView?: PrincipalView;
  /** A subgraph that has not answered by then is given up. */
  readonly timeoutMs: number;
  /** Of one answer, on the wire and again decompressed. */
  readonly maxResponseBytes: number;
  /** Of all answers that are coming in at a time: many at once may each be within their limit. */
  readonly maxBufferedBytes: number;
  /** Ask for compressed answers: worth it over a slow line, not within a data centre. */
  readonly compression: boolean;
  readonly clock: Clock;
};

export type HttpTransport = {
  readonly send: SubgraphSend;
  /** Waits for requests under way, then closes all connections. */
  readonly close: () => Promise<void>;
};

type Target = SubgraphAddress & {
  readonly url: string;
  readonly connections: Connections;
  /** Path without query string: what is signed. */
  readonly signedPath: string;
};

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(", ") : value;

function failureOf(error: unknown, subgraph: string): SubgraphFailure {
  if (error instanceof ExchangeEnded) {
    switch (error.reason) {
      case "too-large":
        return invalidAnswer(subgraph, "more than is taken from it", error);
      case "crowded":
        return overloaded(subgraph, error);
      case "late":
      case "left":
        return tooLate(subgraph, error);
    }
  }
  return unavailable(subgraph, error);
}

export function createHttpTransport(options: TransportOptions): HttpTransport {
  const { subgraph, url, signingKey, timeoutMs, maxResponseBytes, compression, clock } = options;
  const headersOf = createCallHeaders({
    subgraph,
    signingKey,
    accept: "application/graphql-response+json, application/json;q=0.9",
    principalView: options.principalView ?? encodedPrincipal,
    codings: compression ? acceptedCodings : "identity",
    clock,
  });
  const memory = { takenBytes: 0, maxBytes: options.maxBufferedBytes };
  const closing = new Set<Promise<void>>();
  let target: Target | undefined;

  function closeLater(connections: Connections): void {
    const closed = connections.close().catch(() => {});
    closing.add(closed);
    void closed.then(() => closing.delete(closed));
  }

  function currentTarget(): Target {
    const current = url();
    if (target && target.url === current) return target;
    if (!current) {
      const message = `"${subgraph}" has no routing URL.`;
      throw new SubgraphFailure("SUBGRAPH_UNAVAILABLE", subgraph, message);
    }
    let address: SubgraphAddress;
    try {
      address = parseSubgraphUrl(current);
    } catch (error) {
      const message = `"${subgraph}" has a routing URL that cannot be used.`;
      throw new SubgraphFailure("SUBGRAPH_UNAVAILABLE", subgraph, message, error);
    }
    if (target) closeLater(target.connections);
    const connections = openConnections(address, options);
    const signedPath = address.path.split("?")[0] ?? "/";
    target = { ...address, url: current, connections, signedPath };
    return target;
  }

  async function decoded({ headers, body }: ExchangeAnswer): Promise<Buffer> {
    const coding = one(headers["content-encoding"]);
    if (coding === undefined) return body;
    try {
      return await decodeBody(body, coding, maxResponseBytes);
    } catch (error) {
      if (error instanceof ExchangeEnded) throw error;
      const what =
        error instanceof UnknownCoding
          ? "a content coding that was not asked for"
          : "damaged compressed bytes";
      throw invalidAnswer(subgraph, what, error);
    }
  }

  return {
    async send(call, context) {
      const target = currentTarget();
      const startMs = performance.now();
      const remainingMs = Math.max(1, Math.min(timeoutMs, context.deadlineMs - clock()));
      const body = typeof call.body === "string" ? Buffer.from(call.body) : call.body;
      const called = {
        path: target.signedPath,
        body,
        remainingMs: Math.floor(remainingMs),
        ...(call.headers ? { headers: call.headers } : {}),
      };
      try {
        const answer = await target.connections.exchange({
          path: target.path,
          headers: headersOf(called, context),
          body,
          idempotent: call.kind === "query",
          timeoutMs: remainingMs,
          signal: context.signal,
          maxBytes: maxResponseBytes,
          memory,
        });
        const { status, headers } = answer;
        return {
          status,
          contentType: one(headers["content-type"]),
          cacheControl: one(headers["cache-control"]),
          age: one(headers["age"]),
          retryAfter: one(headers["retry-after"]),
          body: headers["content-encoding"] === undefined ? answer.body : await decoded(answer),
          durationMs: performance.now() - startMs,
        };
      } catch (error) {
        throw error instanceof SubgraphFailure ? error : failureOf(error, subgraph);
      }
    },
    async close() {
      if (target) closeLater(target.connections);
      await Promise.all(closing);
    },
  };
}
