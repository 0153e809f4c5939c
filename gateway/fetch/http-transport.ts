/**
 * Sends a subgraph request over HTTP: one undici pool per subgraph, keep-alive, bounded answers,
 * ended at the request's deadline or when the client hangs up. The principal travels signed
 * (platform/http-signature.ts) when the gateway has a key.
 */
import { Pool } from "undici";
import {
  deriveSubgraphKey,
  principalHeader,
  requestIdHeader,
  signRequest,
} from "../../platform/http-signature.ts";
import type { Clock } from "../../platform/clock.ts";
import { encodePrincipal } from "../../platform/principal.ts";
import type { RequestContext } from "../context.ts";
import { parseSubgraphResult } from "./parse-result.ts";
import { type SubgraphFetch, SubgraphFailure, type SubgraphRequest } from "./subgraph-fetch.ts";

export type TransportOptions = {
  /** Routing URL by subgraph name. */
  readonly urlOf: (subgraph: string) => string | undefined;
  /** Master key; each subgraph's own is derived from it. Without it requests go unsigned. */
  readonly signingKey: string | undefined;
  /** A subgraph that has not answered by then is given up. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly connectionsPerSubgraph: number;
  readonly clock: Clock;
};

export type HttpTransport = {
  readonly fetch: SubgraphFetch;
  /** Waits for requests under way, then closes all connections. */
  readonly close: () => Promise<void>;
};

type Target = { readonly pool: Pool; readonly path: string; readonly key: Buffer | undefined };

function failureOf(error: unknown, subgraph: string, context: RequestContext): SubgraphFailure {
  const name = (error as Error | null)?.name;
  const code = (error as { code?: string } | null)?.code;
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
    const message = `"${subgraph}" sent an answer that is too large.`;
    return new SubgraphFailure("SUBGRAPH_INVALID_RESPONSE", subgraph, message, error);
  }
  const late =
    name === "TimeoutError" ||
    code === "UND_ERR_HEADERS_TIMEOUT" ||
    code === "UND_ERR_BODY_TIMEOUT" ||
    context.signal.aborted;
  return late
    ? new SubgraphFailure(
        "SUBGRAPH_TIMEOUT",
        subgraph,
        `"${subgraph}" did not answer in time.`,
        error,
      )
    : new SubgraphFailure(
        "SUBGRAPH_UNAVAILABLE",
        subgraph,
        `"${subgraph}" cannot be reached at the moment. The rest of the answer is complete; try again later.`,
        error,
      );
}

export function createHttpTransport(options: TransportOptions): HttpTransport {
  const { urlOf, signingKey, timeoutMs, maxResponseBytes, connectionsPerSubgraph, clock } = options;
  const targets = new Map<string, Target>();

  function targetOf(subgraph: string): Target {
    const url = urlOf(subgraph);
    if (!url) {
      const message = `"${subgraph}" has no routing URL.`;
      throw new SubgraphFailure("SUBGRAPH_UNAVAILABLE", subgraph, message);
    }
    const known = targets.get(`${subgraph} ${url}`);
    if (known) return known;
    const { origin, pathname, search } = new URL(url);
    const pool = new Pool(origin, {
      connections: connectionsPerSubgraph,
      maxResponseSize: maxResponseBytes,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: 30_000,
    });
    const key = signingKey === undefined ? undefined : deriveSubgraphKey(signingKey, subgraph);
    const target = { pool, path: pathname + search, key };
    targets.set(`${subgraph} ${url}`, target);
    return target;
  }

  function headersOf(
    target: Target,
    request: SubgraphRequest,
    body: string,
    context: RequestContext,
  ) {
    const principal = encodePrincipal(context.principal);
    const { requestId } = context;
    const plain = {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json;q=0.9",
      [requestIdHeader]: requestId,
    };
    if (!target.key) return plain;
    const path = target.path.split("?")[0] ?? "/";
    const parts = { method: "POST", path, body, principal, requestId };
    const signature = signRequest(parts, target.key, request.subgraph, Math.floor(clock() / 1_000));
    return { ...plain, [principalHeader]: principal, ...signature };
  }

  return {
    async fetch(request, context) {
      const { subgraph, body } = request;
      const target = targetOf(subgraph);
      const remainingMs = Math.max(1, Math.min(timeoutMs, context.deadlineMs - clock()));
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(remainingMs)]);
      let status: number;
      let text: string;
      try {
        const response = await target.pool.request({
          method: "POST",
          path: target.path,
          headers: headersOf(target, request, body, context),
          body,
          signal,
        });
        status = response.statusCode;
        text = await response.body.text();
      } catch (error) {
        throw failureOf(error, subgraph, context);
      }
      return parseSubgraphResult(subgraph, status, text);
    },
    async close() {
      await Promise.all([...targets.values()].map(({ pool }) => pool.close()));
    },
  };
}
