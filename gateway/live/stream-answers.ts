/**
 * Answers as server-sent events (graphql-sse, distinct connections mode), for clients that accept
 * `text/event-stream`: a subscription's events until it ends, or the one answer of a query or mutation.
 * Whoever subscribed is authenticated again at each event, so that a token's end is the stream's end.
 */
import { type DocumentNode, GraphQLError } from "graphql";
import type { RequestContext } from "../context.ts";
import { httpStatusOf } from "../errors.ts";
import { SubgraphFailure } from "../fetch/subgraph-fetch.ts";
import type { ExecuteRequest, GraphQLRequest } from "../http/graphql-request.ts";
import type { Authenticate } from "../http/graphql-endpoint.ts";
import type { Reply } from "../http/reply.ts";
import type { Graph } from "../supergraph/graph.ts";
import { LastMessage, type OpenSubscriptions } from "./open-subscriptions.ts";
import { completeEvent, nextEvent } from "./sse.ts";
import { isSubscription, type Subscribe } from "./subscribe.ts";

export type StreamAnswersDeps = {
  readonly current: () => Graph | undefined;
  /** @throws GraphQLError for what is not admitted. */
  readonly admit: (graph: Graph, request: GraphQLRequest) => Promise<DocumentNode>;
  readonly execute: ExecuteRequest;
  readonly subscribe: Subscribe;
  readonly subscriptions: OpenSubscriptions;
  readonly authenticate: Authenticate;
};

export type StreamRequest = {
  readonly request: GraphQLRequest;
  readonly context: RequestContext;
  readonly method: "GET" | "POST";
  readonly authorization: string | undefined;
  /** Whose subscriptions are counted together when nobody is signed in. */
  readonly address: string;
  /** From here on the request has no deadline. */
  readonly endless: () => void;
};

export type StreamAnswers = (asked: StreamRequest) => Promise<Reply>;

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // Proxies of this kind would collect the events.
  "x-accel-buffering": "no",
} as const;

const errorsEvent = (message: string, extensions: object): string =>
  nextEvent(JSON.stringify({ errors: [{ message, extensions }] }));

export function createStreamAnswers(deps: StreamAnswersDeps): StreamAnswers {
  const { current, admit, execute, subscribe, subscriptions, authenticate } = deps;

  function describe(error: unknown, log: RequestContext["log"]): string {
    if (error instanceof GraphQLError) return nextEvent(JSON.stringify({ errors: [error] }));
    if (error instanceof SubgraphFailure) {
      const { message, code, subgraph } = error;
      return errorsEvent(message, { code, subgraph });
    }
    log.error({ err: error }, "a subscription failed");
    const code = "INTERNAL_SERVER_ERROR";
    return errorsEvent("Something went wrong in the gateway. Subscribe again.", { code });
  }

  async function* events(
    graph: Graph,
    document: DocumentNode,
    { request, context, authorization }: StreamRequest,
    opened: ReturnType<OpenSubscriptions["open"]>,
  ): AsyncGenerator<string, void, undefined> {
    const { operationName, variables = {} } = request;
    const signal = AbortSignal.any([context.signal, opened.signal]);
    try {
      const own = { ...context, signal };
      for await (const body of subscribe(graph, { document, operationName, variables }, own)) {
        const again =
          authorization === undefined ? undefined : await authenticate(authorization, signal);
        if (again?.ok === false) {
          yield errorsEvent(again.message, { code: "UNAUTHENTICATED" });
          break;
        }
        yield nextEvent(body);
      }
      const { reason } = opened.signal as { reason: unknown };
      if (reason instanceof LastMessage) yield errorsEvent(reason.message, { code: reason.code });
    } catch (error) {
      yield describe(error, context.log);
    } finally {
      opened.close();
    }
    yield completeEvent;
  }

  const once = async function* (body: string | Buffer) {
    yield nextEvent(body);
    yield completeEvent;
  };

  const reply = (stream: AsyncGenerator<string, void, undefined>, name?: string): Reply => ({
    httpStatus: 200,
    headers,
    body: "",
    stream,
    outcome: "ok",
    errorCodes: [],
    ...(name === undefined ? {} : { operationName: name }),
  });

  return async (asked) => {
    const { request, context, method, address, endless } = asked;
    const { operationName, variables = {} } = request;
    const graph = current();
    let document: DocumentNode | undefined;
    try {
      document = graph && (await admit(graph, request));
      if (graph && document && isSubscription({ document, operationName, variables })) {
        const opened = subscriptions.open(context.principal?.id ?? address);
        endless();
        return reply(events(graph, document, asked, opened), operationName);
      }
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const code = String(error.extensions["code"]);
      return {
        httpStatus: httpStatusOf(code),
        headers: { "content-type": "application/graphql-response+json; charset=utf-8" },
        body: JSON.stringify({ errors: [error] }),
        outcome: "refused",
        errorCodes: [code],
      };
    }
    const { body, outcome, errorCodes } = await execute(request, context, { method });
    return { ...reply(once(body), operationName), outcome, errorCodes };
  };
}
