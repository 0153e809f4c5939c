/**
 * What operators and their tools ask of a running gateway, with one key: `POST /invalidation` in the shape
 * of Apollo Router's, `GET /metrics` for Prometheus, `GET /cache?key=…`, `GET /cache/operations?limit=…`,
 * `POST /cache/warm?limit=…`. Without a key none of them exists.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Inspection } from "../cache/entry-cache.ts";
import { freshnessOf } from "../cache/entry.ts";
import { remainingMs } from "../cache/freshness.ts";
import { invalidationRequest } from "../entity-cache/invalidation-request.ts";
import type { Invalidator } from "../entity-cache/invalidator.ts";
import type { MostUsed } from "../warming/most-used.ts";
import type { Warming } from "../warming/warming.ts";
import { readBody } from "./body.ts";
import { errorReply } from "./error-response.ts";
import type { Exchange, Route } from "./exchange.ts";
import { Refusal } from "./refusal.ts";
import { jsonReply, type Reply } from "./reply.ts";

export type OperatorDeps = {
  /** At least 32 characters. */
  readonly key: string;
  readonly invalidator: Invalidator | undefined;
  readonly inspect: ((key: string) => Promise<Inspection | undefined>) | undefined;
  /** In the text format of Prometheus. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly mostUsed: MostUsed["top"];
  readonly warm: Warming["warm"];
  readonly clock: () => number;
};

const maxBodyBytes = 1024 * 1024;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The key alone, as Apollo Router takes it, or as a bearer token, as Prometheus sends it. */
function checkKey(request: IncomingMessage, key: string): void {
  const given = (request.headers.authorization ?? "").replace(/^Bearer /i, "");
  if (timingSafeEqual(digest(given), digest(key))) return;
  throw new Refusal("UNAUTHENTICATED", "Send the operators' key in the authorization header.", {
    headers: { "www-authenticate": "Bearer" },
  });
}

function checkMethod(request: IncomingMessage, method: "GET" | "POST"): void {
  if (request.method === method) return;
  throw new Refusal("METHOD_NOT_ALLOWED", `Use ${method} here.`, { headers: { allow: method } });
}

const noCache = new Refusal("NOT_FOUND", "This gateway caches nothing (CACHE=false).");

async function readInvalidations({ request, lifetime }: Exchange) {
  const slow = new Refusal("REQUEST_TIMEOUT", "The request body did not arrive in time.", {
    httpStatus: 408,
  });
  const text = await lifetime.within(readBody(request, maxBodyBytes), slow);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Refusal("BAD_REQUEST", "The body is not JSON: send a list of invalidations.");
  }
  const { data, error } = invalidationRequest.safeParse(json);
  if (data) return data;
  const problems = error.issues.map(
    ({ path, message }) => `${path.join(".") || "body"}: ${message}`,
  );
  throw new Refusal("BAD_REQUEST", `These invalidations cannot be read. ${problems.join("; ")}`);
}

function describe({ source, entry, valid }: Inspection, nowMs: number) {
  const freshness = freshnessOf(entry, nowMs);
  return {
    source,
    valid,
    scope: entry.scope,
    bytes: entry.value.length,
    ageSeconds: Math.round(freshness.ageMs / 1_000),
    ttlSeconds: Math.round(remainingMs(freshness) / 1_000),
    tags: entry.tags,
    bornAt: new Date(entry.bornAtMs).toISOString(),
  };
}

const defaultLimit = 50;

/** @throws Refusal. */
function readLimit(search: string): number {
  const text = new URLSearchParams(search).get("limit") ?? `${defaultLimit}`;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= 1_000) return limit;
  throw new Refusal("BAD_REQUEST", "limit must be a number from 1 to 1,000.");
}

/** By path. */
export function createOperatorRoutes(deps: OperatorDeps): ReadonlyMap<string, Route> {
  const { key, invalidator, inspect, metrics, mostUsed, warm, clock } = deps;

  const guarded =
    (method: "GET" | "POST", answer: (exchange: Exchange) => Promise<Reply>): Route =>
    async (exchange) => {
      try {
        checkMethod(exchange.request, method);
        checkKey(exchange.request, key);
        return await answer(exchange);
      } catch (error) {
        return errorReply(error, exchange.log);
      }
    };

  return new Map([
    [
      "/invalidation",
      guarded("POST", async (exchange) => {
        if (!invalidator) throw noCache;
        const requests = await readInvalidations(exchange);
        const done = await invalidator.invalidate(requests);
        if (done.kind === "everywhere") return jsonReply(202, { count: requests.length });
        const message =
          "Redis did not take the invalidation: this gateway obeys it, others not before Redis is back. Send it again.";
        throw new Refusal("SHUTTING_DOWN", message, { headers: { "retry-after": "1" } });
      }),
    ],
    [
      "/cache",
      guarded("GET", async ({ search }) => {
        if (!inspect) throw noCache;
        const wanted = new URLSearchParams(search).get("key") ?? "";
        const found = await inspect(wanted);
        if (!found) throw new Refusal("NOT_FOUND", "Nothing is cached under this key.");
        return jsonReply(200, describe(found, clock()));
      }),
    ],
    [
      "/cache/operations",
      guarded("GET", async ({ search }) => {
        const operations = mostUsed(readLimit(search));
        return jsonReply(
          200,
          operations.map(({ weight: _weight, ...operation }) => operation),
        );
      }),
    ],
    [
      "/cache/warm",
      guarded("POST", async ({ search }) => jsonReply(200, await warm(readLimit(search)))),
    ],
    [
      "/metrics",
      guarded("GET", async () => {
        const { contentType, text } = await metrics();
        const reply = jsonReply(200, {});
        return { ...reply, headers: { ...reply.headers, "content-type": contentType }, body: text };
      }),
    ],
  ]);
}
