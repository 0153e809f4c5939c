/**
 * The GraphQL endpoint as one pipeline: method → forgery → media type → identity → request → answer.
 * Each step returns what the next needs or throws a Refusal; the source of the rules is the GraphQL
 * over HTTP specification. It knows nothing of GraphQL execution: that is `execute`.
 */
import type { IncomingMessage } from "node:http";
import type { Principal } from "../../platform/principal.ts";
import type { CandidateFor } from "../canary/routing.ts";
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
import type { DeferredAnswers } from "../defer/deferred-answers.ts";
import { acceptedDeferFormat } from "../defer/formats.ts";
import { acceptedStream } from "../live/accepted-stream.ts";
import type { SingleConnections } from "../live/single-connection.ts";
import type { StreamAnswers } from "../live/stream-answers.ts";
import { type ExplainTo, mayExplain } from "./may-explain.ts";
import { type MediaType, mediaTypes, negotiate, statusOf } from "./negotiate.ts";
import { Refusal } from "./refusal.ts";
import { remember } from "./remember.ts";
import type { Reply } from "./reply.ts";

export type Authenticated =
  | { readonly ok: true; readonly principal: Principal | undefined }
  | { readonly ok: false; readonly message: string; readonly code?: "WRONG_CONTRACT" };

export type Authenticate = (
  authorization: string | undefined,
  signal: AbortSignal,
) => Promise<Authenticated>;

export type EndpointDeps = {
  readonly execute: ExecuteRequest;
  readonly authenticate: Authenticate;
  /** Whether `authenticate` is asked also about who sends no token. Default: false. */
  readonly needsToken?: boolean;
  /** Undefined: there are no candidates. */
  readonly candidateFor?: CandidateFor | undefined;
  /** Undefined: nobody is answered by events. */
  readonly stream?: StreamAnswers;
  /** Undefined: nobody has several operations answered on one stream. */
  readonly single?: SingleConnections;
  /** Undefined: `@defer` changes nothing. */
  readonly deferred?: DeferredAnswers;
};

export type EndpointOptions = {
  /** Most bytes of a body, before and after decompression. */
  readonly maxBodyBytes: number;
  readonly cors: Partial<CorsOptions>;
  readonly explainTo: ExplainTo;
};

/** Of a stream that carries several operations; EventSource cannot send it as a header. */
const streamTokenHeader = "x-graphql-event-stream-token";

function streamTokenOf({ request, search }: Exchange): string | undefined {
  const header = request.headers[streamTokenHeader];
  if (typeof header === "string") return header;
  return request.method === "GET" && search.includes("token=")
    ? (new URLSearchParams(search).get("token") ?? undefined)
    : undefined;
}

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

function methodOf(request: IncomingMessage, allow: string): "GET" | "POST" {
  if (request.method === "GET" || request.method === "POST") return request.method;
  throw new Refusal("METHOD_NOT_ALLOWED", "Use POST, or GET for queries.", { headers: { allow } });
}

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
  { authenticate, needsToken = false }: EndpointDeps,
  { request, lifetime }: Exchange,
): Promise<Principal | undefined> {
  const { authorization } = request.headers;
  if (authorization === undefined && !needsToken) return undefined;
  const work = authenticate(authorization, lifetime.signal());
  const authenticated = await lifetime.within(work, timeout.answer);
  if (authenticated.ok) return authenticated.principal;
  const { code = "UNAUTHENTICATED", message } = authenticated;
  // Of a request without any token, nothing is invalid (RFC 6750 section 3.1).
  const challenge = authorization === undefined ? "Bearer" : 'Bearer error="invalid_token"';
  throw new Refusal(code, message, { headers: { "www-authenticate": challenge } });
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

export function createGraphQLEndpoint(deps: EndpointDeps, options: EndpointOptions): Route {
  const cors = createCors(options.cors);
  const allow = deps.single ? "GET, POST, PUT, DELETE, OPTIONS" : "GET, POST, OPTIONS";
  const vary = ["accept", "accept-encoding", ...(cors.varies ? ["origin"] : [])].join(", ");

  const addressOf = ({ request }: Exchange): string => request.socket.remoteAddress ?? "";

  function contextOf(exchange: Exchange, principal: Principal | undefined): RequestContext {
    const { request, lifetime, origin, deadlineMs, record, log } = exchange;
    const { headers } = request;
    const candidate = deps.candidateFor?.({ headers, principal, address: addressOf(exchange) });
    if (candidate) record.candidate = candidate.id;
    return Object.freeze({
      ...origin,
      principal,
      deadlineMs,
      signal: lifetime.signal(),
      log,
      explain: mayExplain(headers, principal, options.explainTo),
      candidate,
    });
  }

  /** A request about a stream of several operations (live/single-connection.ts). */
  async function answerOnStream(
    single: SingleConnections,
    exchange: Exchange,
    token: string | undefined,
  ): Promise<Reply> {
    const { request, search, lifetime, record } = exchange;
    const principal = await identify(deps, exchange);
    const address = addressOf(exchange);
    const client = principal?.id ?? address;
    if (request.method === "PUT") return single.reserve(client);
    if (token === undefined)
      throw new Refusal("BAD_REQUEST", `Name the stream by the header ${streamTokenHeader}.`);
    if (request.method === "GET") return single.open(token, client, lifetime);
    if (request.method === "DELETE")
      return single.complete(token, client, new URLSearchParams(search).get("operationId"));
    const graphqlRequest = await readRequest(exchange, options.maxBodyBytes);
    record.operationName = graphqlRequest.operationName;
    const context = contextOf(exchange, principal);
    const { authorization } = request.headers;
    const asked = { request: graphqlRequest, context, authorization, address };
    return lifetime.within(single.operate(token, client, asked), timeout.answer);
  }

  async function answer(exchange: Exchange, accepted: MediaType | undefined): Promise<Reply> {
    const { request, lifetime, record } = exchange;
    const { stream, single, deferred } = deps;
    const token = single && streamTokenOf(exchange);
    const isAboutStream =
      token !== undefined || request.method === "PUT" || request.method === "DELETE";
    const method = single && isAboutStream ? undefined : methodOf(request, allow);
    if (mayBeForged(request.headers, cors.isAllowed)) {
      throw new Refusal("CSRF_REFUSED", csrfMessage);
    }
    if (single && method === undefined) return answerOnStream(single, exchange, token);
    const carrier = stream && acceptedStream(request.headers.accept);
    const format = deferred && acceptedDeferFormat(request.headers.accept);
    if (accepted === undefined && !carrier && !format) {
      const types = Object.values(mediaTypes).join(" or ");
      throw new Refusal("NOT_ACCEPTABLE", `The accept header must allow ${types}.`);
    }
    const principal = await identify(deps, exchange);
    const graphqlRequest = await readRequest(exchange, options.maxBodyBytes);
    record.operationName = graphqlRequest.operationName;
    const context = contextOf(exchange, principal);
    const http = { method: method ?? "POST" };
    if (stream && carrier) {
      const { authorization } = request.headers;
      const { endless } = lifetime;
      const address = addressOf(exchange);
      const given = { request: graphqlRequest, context, authorization, address };
      const asked = { ...given, ...http, carrier, endless, isOnly: accepted === undefined };
      const reply = await lifetime.within(stream(asked), timeout.answer);
      if (reply) return reply;
    }
    if (deferred && format) {
      const isOnly = accepted === undefined;
      const work = deferred({ request: graphqlRequest, context, ...http, format, isOnly });
      const reply = await lifetime.within(work, timeout.answer);
      if (reply) return reply;
    }
    const work = deps.execute(graphqlRequest, context, http);
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
