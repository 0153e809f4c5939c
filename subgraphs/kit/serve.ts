/**
 * A subgraph's HTTP server: `POST /graphql` for the gateway, `GET /health` for operators, and GET for
 * the public documents of its definition.
 * Small on purpose: clients talk to the gateway, never to a subgraph.
 */
import { hkdfSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { GraphQLSchema } from "graphql";
import type { Kysely } from "kysely";
import { type Clock, systemClock } from "../../platform/clock.ts";
import { listen } from "../../platform/listen.ts";
import type { Log } from "../../platform/log.ts";
import type { Companion, Route } from "./companion.ts";
import type { AnySubgraph, BaseContext } from "./define-subgraph.ts";
import { createExecute, type ExecuteSubgraphRequest, type SubgraphAnswer } from "./execute.ts";
import { asksOnlyForSdl, createIdentify, type Identified } from "./identity.ts";
import { type EventsRequest, serveEvents } from "./events.ts";
import { createInvalidations, type Invalidations, type Stale } from "./invalidation.ts";
import type { InvalidationSender } from "./invalidation-sender.ts";
import { buildSubgraph } from "./schema.ts";
import { createStatementCounter, type StatementCounter } from "./statements.ts";

/** PostgreSQL's text cannot hold this character, wherever it would end up. */
const nulEscape = "\\u0000";
const maxBodyBytes = 10 * 1024 * 1024;

export type ServeOptions = {
  readonly definition: AnySubgraph;
  /** Opens the database, migrated and seeded; the server destroys it when it stops. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly openDb: (onStatement: (sql: string) => void) => Promise<Kysely<any>>;
  readonly host: string;
  readonly port: number;
  /** The key that the gateway signs with for this subgraph. */
  readonly signingKey: Uint8Array;
  readonly log: Log;
  readonly clock?: Clock;
  /** For the companion's configuration; without it no companion is started. */
  readonly env?: NodeJS.ProcessEnv;
  /** Tells gateways what changed, however it changed; without Redis only the answers of mutations do. */
  readonly invalidationSender?: InvalidationSender;
  /** When it stops, answers under way have this long; then their connections are cut. */
  readonly drainTimeoutMs?: number;
};

export type RunningSubgraph = {
  readonly url: string;
  /** Finishes requests under way, then closes the database. */
  readonly stop: () => Promise<void>;
};

const refusal = (status: number, code: string, message: string): SubgraphAnswer => ({
  status,
  headers: {},
  body: JSON.stringify({ errors: [{ message, extensions: { code } }] }),
});

const notFound = refusal(404, "NOT_FOUND", "There is POST /graphql and GET /health.");

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer): { query?: unknown; variables?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

type Handler = {
  readonly definition: AnySubgraph;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly db: Kysely<any>;
  readonly identify: ReturnType<typeof createIdentify>;
  readonly execute: ExecuteSubgraphRequest<BaseContext<unknown>>;
  readonly counter: StatementCounter;
  readonly clock: Clock;
  readonly companion: Companion | undefined;
  readonly deriveKey: (purpose: string) => Uint8Array;
  readonly sender: InvalidationSender | undefined;
  readonly schema: GraphQLSchema;
  readonly log: Log;
};

async function answerRoute(route: Route, request: IncomingMessage): Promise<SubgraphAnswer> {
  const body = await readBody(request);
  if (!body) return refusal(413, "BODY_TOO_LARGE", `The body is over ${maxBodyBytes} bytes.`);
  return route({ url: request.url ?? "", headers: request.headers, body });
}

/** HKDF (RFC 5869): whoever learns one purpose's key learns nothing of another's. */
const createDeriveKey =
  (signingKey: Uint8Array) =>
  (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", signingKey, "", purpose, 32));

async function answerDocument(handler: Handler, path: string): Promise<SubgraphAnswer | undefined> {
  const { definition, db, clock, deriveKey } = handler;
  const document = Object.entries(definition.documents ?? {}).find(([one]) => one === path)?.[1];
  if (!document) return undefined;
  const invalidations = createInvalidations(definition.name);
  const base = { db, principal: undefined, requestId: "", clock, deriveKey, invalidations };
  return {
    status: 200,
    headers: {
      "content-type": document.contentType,
      "cache-control": `public, max-age=${document.maxAgeSeconds}`,
    },
    body: await document.write(definition.createContext(base)),
  };
}

type Asked =
  | { readonly ok: false; readonly refusal: SubgraphAnswer }
  | {
      readonly ok: true;
      readonly request: { query?: unknown; variables?: unknown };
      readonly identified: Identified & { readonly ok: true };
    };

/** Who asks what; or why it is not answered. */
async function read({ identify }: Handler, request: IncomingMessage): Promise<Asked> {
  const refused = (...told: Parameters<typeof refusal>): Asked => ({
    ok: false,
    refusal: refusal(...told),
  });
  const body = await readBody(request);
  if (!body) return refused(413, "BODY_TOO_LARGE", `The body is over ${maxBodyBytes} bytes.`);
  const { method = "", url = "", headers } = request;
  const graphqlRequest = parseJson(body);
  if (!graphqlRequest) return refused(400, "BAD_REQUEST", "The body must be a JSON object.");
  if (body.includes(nulEscape)) {
    return refused(400, "BAD_USER_INPUT", "Text must not contain the character U+0000.");
  }
  const identified: Identified = asksOnlyForSdl(graphqlRequest.query)
    ? { ok: true, principal: undefined, requestId: "" }
    : identify({ method, path: url.split("?")[0] ?? "", headers, body });
  if (identified.ok) return { ok: true, request: graphqlRequest, identified };
  const message = `Only the gateway may ask here: ${identified.reason}. Ask the public graph instead.`;
  return refused(401, "UNAUTHENTICATED", message);
}

function contextFor(
  { definition, db, clock, companion, deriveKey }: Handler,
  { principal, requestId }: Identified & { readonly ok: true },
  invalidations: Invalidations,
): BaseContext<unknown> {
  const base: BaseContext<unknown> = { db, principal, requestId, clock, deriveKey, invalidations };
  return definition.createContext(base, companion);
}

async function answer(handler: Handler, request: IncomingMessage): Promise<SubgraphAnswer> {
  const asked = await read(handler, request);
  if (!asked.ok) return asked.refusal;
  const { definition, execute, counter, sender } = handler;
  const invalidations = createInvalidations(definition.name);
  const { result, statements } = await counter.count(() =>
    execute(asked.request as object, contextFor(handler, asked.identified, invalidations)),
  );
  // The gateway may not have waited for this answer.
  const stale = invalidations.list();
  if (stale.length > 0) sender?.send(stale);
  return {
    ...result,
    headers: { ...result.headers, "city-graph-sql-statements": `${statements}` },
  };
}

async function answerEvents(
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = await read(handler, request);
  if (!asked.ok) return write(response, asked.refusal);
  const { definition, schema, log } = handler;
  const invalidations = createInvalidations(definition.name);
  const createContext = () => contextFor(handler, asked.identified, invalidations);
  const options = { name: definition.name, schema, log, createContext };
  return serveEvents(response, asked.request as EventsRequest, options);
}

function write(response: ServerResponse, { status, headers, body }: SubgraphAnswer): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    ...headers,
    // Of a body that was not read to its end the rest would be taken for the next request.
    ...(response.req.complete ? {} : { connection: "close" }),
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** Starts a subgraph and resolves when it listens. */
export async function serveSubgraph(options: ServeOptions): Promise<RunningSubgraph> {
  const { definition, host, port, signingKey, log, clock = systemClock } = options;
  const { env, invalidationSender: sender, drainTimeoutMs = 10_000 } = options;
  const counter = createStatementCounter();
  const db = await options.openDb(counter.onStatement);
  const { schema } = buildSubgraph(definition);
  const { execute, stop } = await createExecute<BaseContext<unknown>>({
    name: definition.name,
    schema,
    log,
  });
  const identify = createIdentify(signingKey, clock);
  function invalidate(...stale: readonly Stale[]): void {
    const invalidations = createInvalidations(definition.name);
    invalidations.add(stale);
    sender?.send(invalidations.list());
  }
  const deriveKey = createDeriveKey(signingKey);
  const companion =
    env && (await definition.startCompanion?.({ db, log, clock, env, deriveKey, invalidate }));
  const handler: Handler = {
    definition,
    db,
    identify,
    execute,
    counter,
    clock,
    companion,
    deriveKey,
    sender,
    schema,
    log,
  };
  const openStreams = new Set<ServerResponse>();

  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    if (path === "/health") {
      return write(response, { status: 200, headers: {}, body: '{"status":"alive"}' });
    }
    const isGraphql = path === "/graphql" && request.method === "POST";
    if (isGraphql && request.headers.accept?.startsWith("text/event-stream")) {
      openStreams.add(response);
      response.once("close", () => openStreams.delete(response));
      answerEvents(handler, request, response).catch((error: unknown) => {
        log.error({ err: error }, "a subscription failed");
        response.destroy();
      });
      return;
    }
    const route = companion?.routes[`${request.method} ${path}`];
    const answered = route
      ? answerRoute(route, request)
      : isGraphql
        ? answer(handler, request)
        : answerDocument(handler, request.method === "GET" ? (path ?? "") : "");
    answered.then(
      (result) => write(response, result ?? notFound),
      (error: unknown) => {
        log.error({ err: error }, "request failed");
        if (!response.headersSent) {
          write(response, refusal(500, "INTERNAL_SERVER_ERROR", "Something went wrong."));
        }
      },
    );
  });
  // The gateway keeps its connections; it must be the side that closes idle ones.
  server.keepAliveTimeout = 120_000;
  const portSetting = `${definition.name.toUpperCase().replaceAll("-", "_")}_PORT`;
  const bound = await listen(server, { host, port, portSetting });
  return {
    url: `http://${host}:${bound}/graphql`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      // A client that does not read its answer must not keep the process alive.
      const bound = setTimeout(() => server.closeAllConnections(), drainTimeoutMs);
      // Their ends are not to be waited for.
      for (const response of openStreams) response.destroy();
      await closed;
      clearTimeout(bound);
      await stop();
      await companion?.stop();
      await sender?.stop();
      await db.destroy();
    },
  };
}
