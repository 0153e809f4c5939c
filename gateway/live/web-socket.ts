/**
 * Operations over WebSocket by the protocol graphql-transport-ws, whose server is graphql-ws's: what is admitted,
 * limited and authenticated over HTTP is so here. `connection_init` carries the token (`authorization`), since
 * browsers set no headers on a WebSocket. An answer is the next only when the socket has taken the last.
 *
 * Close codes: 4403 the token is refused, get a new one; 1012 the graph has changed and 1001 this process is
 * replaced, connect again; 1013 too many connections, later; 1009 a message over the limit.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import {
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
} from "graphql";
import { CloseCode, handleProtocols, makeServer } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../../platform/clock.ts";
import type { Log } from "../../platform/log.ts";
import type { Principal } from "../../platform/principal.ts";
import type { CandidateFor } from "../canary/routing.ts";
import type { RequestContext } from "../context.ts";
import { graphError } from "../errors.ts";
import { createCors, type CorsOptions } from "../http/cors.ts";
import { mayBeForged } from "../http/csrf.ts";
import type { Authenticate } from "../http/graphql-endpoint.ts";
import type { ExecuteRequest, GraphQLRequest } from "../http/graphql-request.ts";
import { Refusal } from "../http/refusal.ts";
import { readOrigin } from "../http/request-context.ts";
import { initMessage } from "./connection-init.ts";
import type { LiveAnswers, LiveMessage } from "./live-answers.ts";
import { LastMessage, type OpenSubscriptions } from "./open-subscriptions.ts";

export type WebSocketsDeps = {
  readonly answers: LiveAnswers;
  readonly execute: ExecuteRequest;
  readonly authenticate: Authenticate;
  /** Whether `authenticate` is asked also about who sends no token. Default: false. */
  readonly needsToken?: boolean;
  /** Undefined: there are no candidates. */
  readonly candidateFor?: CandidateFor | undefined;
  /** Bounds the sockets, and those of one address. */
  readonly connections: OpenSubscriptions;
  readonly newRequestId: () => string;
  readonly clock: Clock;
  readonly log: Log;
};

export type WebSocketsOptions = {
  readonly path: string;
  readonly cors: Partial<CorsOptions>;
  readonly maxMessageBytes: number;
  /** Operations of one socket that are under way. */
  readonly maxOperations: number;
  /** Of a query or mutation, and until `connection_init`. */
  readonly requestTimeoutMs: number;
  /** A socket that does not answer a ping in this time is cut off. Default: 12 000. */
  readonly pingEveryMs?: number;
};

type Asked = {
  readonly request: GraphQLRequest;
  readonly context: RequestContext;
  readonly messages: AsyncIterable<LiveMessage>;
};

const refusal = (text: string, status: number): string =>
  `HTTP/1.1 ${status} ${text}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;

/** @returns what takes the upgrades at a path. */
export function createWebSockets(deps: WebSocketsDeps, options: WebSocketsOptions) {
  const { answers, execute, authenticate, needsToken = false, connections, clock, log } = deps;
  const { newRequestId, candidateFor } = deps;
  const { path, maxMessageBytes, maxOperations, requestTimeoutMs, pingEveryMs = 12_000 } = options;
  const cors = createCors(options.cors);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    handleProtocols,
  });

  /** One socket from its opening on. */
  function serve(socket: WebSocket, upgrade: IncomingMessage): void {
    const address = upgrade.socket.remoteAddress ?? "";
    let opened: ReturnType<OpenSubscriptions["open"]>;
    try {
      opened = connections.open(address);
    } catch {
      return socket.close(1013, "Too many connections: try again later.");
    }
    const gone = new AbortController();
    /** Of operations that are under way, by their ids. */
    const controllers = new Map<string, AbortController>();
    let principal: Principal | undefined;
    let authorization: string | undefined;
    let headers = upgrade.headers;

    const closeAtEnd = () => {
      const { reason } = opened.signal as { reason: unknown };
      const isReload = reason instanceof LastMessage && reason.code !== "SHUTTING_DOWN";
      socket.close(isReload ? 1012 : 1001, reason instanceof LastMessage ? reason.code : "");
    };
    opened.signal.addEventListener("abort", closeAtEnd, { once: true });

    function contextOf(signal: AbortSignal): RequestContext {
      const origin = readOrigin(headers, newRequestId);
      // Of the socket; each operation has an id of its own.
      const requestId = newRequestId();
      const deadlineMs = clock() + requestTimeoutMs;
      const candidate = candidateFor?.({ headers, principal, address });
      const own = { ...origin, requestId, principal, deadlineMs, signal, candidate };
      return Object.freeze({ ...own, log: log.child({ requestId }) });
    }

    async function* executed(request: GraphQLRequest, context: RequestContext) {
      const late = AbortSignal.timeout(requestTimeoutMs);
      const own = { ...context, signal: AbortSignal.any([context.signal, late]) };
      const { body } = await execute(request, own, { method: "POST" });
      yield { kind: "response", body: Buffer.from(body) } as const;
    }

    /** @returns the operation's answers, or why there are none. */
    async function ask(id: string, request: GraphQLRequest): Promise<Asked | GraphQLError> {
      if (controllers.size >= maxOperations) {
        const message = `${maxOperations} operations are under way on this connection: end one first.`;
        return graphError("TOO_MANY_SUBSCRIPTIONS", message);
      }
      const controller = new AbortController();
      controllers.set(id, controller);
      const signal = AbortSignal.any([controller.signal, gone.signal]);
      const context = contextOf(signal);
      const answer = await answers({ request, context, authorization, address });
      switch (answer.kind) {
        case "refused":
          return answer.error;
        case "subscription":
          return { request, context, messages: answer.messages };
        case "other":
          return { request, context, messages: executed(request, context) };
        default:
          return answer satisfies never;
      }
    }

    async function* results(id: string, { messages }: Asked): AsyncGenerator<ExecutionResult> {
      try {
        for await (const message of messages) {
          if (message.kind === "response")
            yield JSON.parse(message.body.toString()) as ExecutionResult;
          // The client comes back with a new token.
          else if (message.code === "UNAUTHENTICATED" && authorization !== undefined)
            socket.close(CloseCode.Forbidden, message.code);
          else if (!opened.signal.aborted) yield { errors: message.errors as GraphQLError[] };
        }
      } finally {
        controllers.get(id)?.abort();
        controllers.delete(id);
      }
    }

    const asked = new WeakMap<object, Asked & { readonly id: string }>();
    const start = (args: object) => {
      const own = asked.get(args) as Asked & { readonly id: string };
      const generator = results(own.id, own);
      const release = generator.return.bind(generator);
      // It may be waiting for an event: the signal ends the wait.
      generator.return = (value) => {
        controllers.get(own.id)?.abort();
        return release(value);
      };
      return generator;
    };
    const protocol = makeServer({
      connectionInitWaitTimeout: requestTimeoutMs,
      async onConnect({ connectionParams }) {
        const init = initMessage(connectionParams, upgrade.headers);
        ({ authorization, headers } = init);
        if (authorization === undefined && !needsToken) return true;
        const authenticated = await authenticate(authorization, gone.signal);
        if (authenticated.ok) principal = authenticated.principal;
        return authenticated.ok;
      },
      async onSubscribe(_context, id, payload) {
        const { query, operationName, variables, extensions } = payload;
        const request: GraphQLRequest = {
          ...(query ? { query } : {}),
          ...(operationName ? { operationName } : {}),
          ...(variables ? { variables } : {}),
          ...(extensions ? { extensions } : {}),
        };
        const answer = await ask(id, request).catch((error: unknown) => {
          controllers.delete(id);
          if (error instanceof Refusal) return graphError(error.code, error.message);
          throw error;
        });
        if (answer instanceof GraphQLError) {
          controllers.delete(id);
          return [answer];
        }
        // graphql-ws asks for a document to see what is asked; ours has been looked at.
        const args = { schema: undefined as never, document: iterated };
        asked.set(args, { ...answer, id });
        return args;
      },
      subscribe: start,
      // Our results are JSON already, errors included.
      onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
      onComplete(_context, id) {
        controllers.get(id)?.abort();
        controllers.delete(id);
      },
    });

    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) =>
          new Promise((resolve) => {
            if (socket.readyState !== socket.OPEN) resolve();
            // Failing to write is the socket's end, which is told by `close`.
            else socket.send(data, () => resolve());
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          socket.on("message", (data: Buffer) => {
            // Somebody who asks on and on and reads nothing.
            if (socket.bufferedAmount > maxMessageBytes * maxOperations) return socket.terminate();
            take(data.toString()).catch((error: unknown) => {
              log.warn({ err: error }, "a message of a WebSocket could not be taken");
              socket.close(CloseCode.BadRequest, "Invalid message received");
            });
          }),
      },
      {},
    );

    let isAlive = true;
    const beat = setInterval(() => {
      if (!isAlive) return socket.terminate();
      isAlive = false;
      socket.ping();
    }, pingEveryMs);
    socket.on("pong", () => void (isAlive = true));
    // What is wrong with a frame is told to the client by the close code.
    socket.on("error", (error) => log.debug({ err: error }, "a WebSocket failed"));
    socket.once("close", (code, reason) => {
      clearInterval(beat);
      gone.abort();
      opened.close();
      closed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, "a WebSocket could not be ended"),
      );
    });
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A page of another origin that CORS does not allow may not speak for its visitor here either.
    if (mayBeForged(request.headers, cors.isAllowed))
      return void socket.end(refusal("Forbidden", 403));
    sockets.handleUpgrade(request, socket, head, (open) => serve(open, request));
  }

  return { path, upgrade };
}

export type WebSockets = ReturnType<typeof createWebSockets>;

/** An HTTP server's upgrades → whose path it is. */
export function attachWebSockets(server: Server, all: readonly WebSockets[]): void {
  const byPath = new Map(all.map((one) => [one.path, one]));
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const one = byPath.get(request.url?.split("?")[0] ?? "");
    if (one) one.upgrade(request, socket, head);
    else socket.end(refusal("Not Found", 404));
  });
}

/** Any subscription: what `makeServer` is to treat as a stream. */
const iterated = {
  kind: "Document",
  definitions: [
    {
      kind: "OperationDefinition",
      operation: "subscription",
      selectionSet: { kind: "SelectionSet", selections: [] },
    },
  ],
} as unknown as DocumentNode;
