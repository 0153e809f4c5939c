/**
 * The GraphQL endpoint as one pipeline: method → forgery → media type → identity → request → answer.
 * Each step returns what the next needs or throws a Refusal; the source of the rules is the GraphQL
 * over HTTP specification. It knows nothing of GraphQL execution: that is `execute`.
 */
import type { IncomingMessage } from "node:http";
import type { Principal } from "../../platform/principal.ts";
import type { RequestContext } from "../context.ts";
import { tagOf } from "../response-cache/packed-answer.ts";
import { cachingHeaders, isMatch } from "./answer-headers.ts";
import { readBody } from "./body.ts";
import { createCors, type CorsOptions } from "./cors.ts";
import { csrfMessage, mayBeForged } from "./csrf.ts";
import { errorReply, headersOfStatus } from "./error-response.ts";
import type { Exchange, Route } from "./exchange.ts";
import {
  type ExecuteRequest,
  type GraphQLAnswer,
  type GraphQLRequest,
  requestFromBody,
  requestFromQueryString,
} from "./graphql-request.ts";
import type { StreamAnswers } from "../live/stream-answers.ts";
import { type ExplainTo, mayExplain } from "./may-explain.ts";
import { type MediaType, mediaTypes, negotiate, statusOf } from "./negotiate.ts";
import { Refusal } from "./refusal.ts";
import { remember } from "./remember.ts";
import type { Reply } from "./reply.ts";

export type Authenticated =
  | { readonly ok: true; readonly principal: Principal | undefined }
  | { readonly ok: false; readonly message: string };

export type Authenticate = (
  authorization: string | undefined,
  signal: AbortSignal,
) => Promise<Authenticated>;

export type EndpointOptions = {
  /** Most bytes of a body, before and after decompression. */
  readonly maxBodyBytes: number;
  readonly cors: Partial<CorsOptions>;
  readonly explainTo: ExplainTo;
};

const allow = "GET, POST, OPTIONS";

const timeout = {
  body: new Refusal(
    "REQUEST_TIMEOUT",
    "The request body did not arrive in time. Send it again, over a better connection or smaller.",
    { httpStatus: 408, headers: { connection: "close" } },
  ),
  answer: new Refusal(
    "REQUEST_TIMEOUT",
    "The operation took too long and was given up; a mutation may have happened all the same. Ask for less, or try again later.",
  ),
} as const;

function methodOf(request: IncomingMessage): "GET" | "POST" {
  if (request.method === "GET" || request.method === "POST") return request.method;
  throw new Refusal("METHOD_NOT_ALLOWED", "Use POST, or GET for queries.", { headers: { allow } });
}

/** By its name: wildcards mean JSON. */
const namesEvents = remember((accept): boolean =>
  /(?:^|,)\s*text\/event-stream\s*(?:[;,]|$)/i.test(accept ?? ""),
);

/** The charset may be left out, or be UTF-8. */
const isJsonType = remember((contentType): boolean => {
  const [type, ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  return type?.trim() === "application/json" && isUtf8;
});

function checkContentType(contentType: string | undefined): void {
  if (isJsonType(contentType)) return;
  throw new Refusal(
    "UNSUPPORTED_MEDIA_TYPE",
    "A POST must have the header content-type: application/json (charset utf-8).",
    { headers: { accept: "application/json" } },
  );
}

async function identify(
  authenticate: Authenticate,
  { request, lifetime }: Exchange,
): Promise<Principal | undefined> {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  const work = authenticate(authorization, lifetime.signal);
  const authenticated = await lifetime.within(work, timeout.answer);
  if (authenticated.ok) return authenticated.principal;
  const headers = { "www-authenticate": 'Bearer error="invalid_token"' };
  throw new Refusal("UNAUTHENTICATED", authenticated.message, { headers });
}

async function readRequest(exchange: Exchange, maxBodyBytes: number): Promise<GraphQLRequest> {
  const { request, search, lifetime } = exchange;
  if (request.method === "GET") return requestFromQueryString(search);
  checkContentType(request.headers["content-type"]);
  const body = await lifetime.within(readBody(request, maxBodyBytes), timeout.body);
  return requestFromBody(body);
}

/** Only GET is asked with conditions, and only what may be stored has something to be compared with. */
function etagOf(
  { caching, body }: GraphQLAnswer,
  method: string | undefined,
  headers: Readonly<Record<string, string>>,
): string | undefined {
  if (method !== "GET" || !caching || headers["cache-control"] === "no-store") return undefined;
  return caching.etag ?? tagOf(body);
}

function toReply(answer: GraphQLAnswer, mediaType: MediaType, request: IncomingMessage): Reply {
  const { body, headers = {}, outcome, errorCodes, operationName, caching } = answer;
  const httpStatus = statusOf(answer, mediaType);
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const replyHeaders = {
    ...cachingHeaders(caching),
    ...headersOfStatus[httpStatus],
    ...(Object.fromEntries(given) as Record<string, string>),
  };
  const etag = etagOf(answer, request.method, replyHeaders);
  const reply = {
    outcome,
    errorCodes,
    isKept: caching?.etag !== undefined,
    ...(etag === undefined ? {} : { etag }),
    ...(operationName === undefined ? {} : { operationName }),
  };
  if (etag !== undefined && isMatch(request.headers["if-none-match"], etag))
    return { ...reply, httpStatus: 304, headers: replyHeaders, body: "" };
  const contentType = { "content-type": `${mediaType}; charset=utf-8` };
  return { ...reply, httpStatus, headers: { ...contentType, ...replyHeaders }, body };
}

export function createGraphQLEndpoint(
  deps: {
    readonly execute: ExecuteRequest;
    readonly authenticate: Authenticate;
    /** Undefined: nobody is answered by events. */
    readonly stream?: StreamAnswers;
  },
  options: EndpointOptions,
): Route {
  const cors = createCors(options.cors);
  const vary = ["accept", "accept-encoding", ...(cors.varies ? ["origin"] : [])].join(", ");

  async function answer(exchange: Exchange, accepted: MediaType | undefined): Promise<Reply> {
    const { request, lifetime, record } = exchange;
    const method = methodOf(request);
    if (mayBeForged(request.headers, cors.isAllowed)) {
      throw new Refusal("CSRF_REFUSED", csrfMessage);
    }
    const { stream } = deps;
    const wantsEvents = stream !== undefined && namesEvents(request.headers.accept);
    if (accepted === undefined && !wantsEvents) {
      const types = Object.values(mediaTypes).join(" or ");
      throw new Refusal("NOT_ACCEPTABLE", `The accept header must allow ${types}.`);
    }
    const principal = await identify(deps.authenticate, exchange);
    const graphqlRequest = await readRequest(exchange, options.maxBodyBytes);
    record.operationName = graphqlRequest.operationName;
    const context: RequestContext = Object.freeze({
      ...exchange.origin,
      principal,
      deadlineMs: exchange.deadlineMs,
      get signal() {
        return lifetime.signal;
      },
      log: exchange.log,
      explain: mayExplain(request.headers, principal, options.explainTo),
    });
    if (wantsEvents) {
      const { authorization } = request.headers;
      const address = request.socket.remoteAddress ?? "";
      const { endless } = lifetime;
      const asked = { request: graphqlRequest, context, method, authorization, address, endless };
      return lifetime.within(stream(asked), timeout.answer);
    }
    const work = deps.execute(graphqlRequest, context, { method });
    return toReply(
      await lifetime.within(work, timeout.answer),
      accepted ?? mediaTypes.json,
      request,
    );
  }

  return async (exchange) => {
    const { method, headers } = exchange.request;
    if (method === "OPTIONS") {
      const preflight = cors.preflightHeadersFor(headers.origin);
      const own = { allow, ...(cors.varies ? { vary: "origin" } : {}) };
      const status = { httpStatus: 204, body: "", outcome: "ok", errorCodes: [] } as const;
      return { ...status, headers: { ...own, ...preflight } };
    }
    const accepted = negotiate(headers.accept);
    const reply = await answer(exchange, accepted).catch((error: unknown) =>
      errorReply(error, exchange.log, accepted),
    );
    const varies = [vary, reply.headers["vary"]].filter(Boolean).join(", ");
    const shared = cors.headersFor(headers.origin);
    return { ...reply, headers: { ...reply.headers, ...shared, vary: varies } };
  };
}
