/**
 * A subscription's answers as they come, whatever carries them to the client. Enters: a request. Leaves:
 * that it is not admitted, that it is not a subscription, or its answers until it ends. Whoever subscribed
 * is authenticated again at each event, so that a token's end is the stream's end.
 */
import { type DocumentNode, GraphQLError } from "graphql";
import type { RequestContext } from "../context.ts";
import { SubgraphFailure } from "../fetch/subgraph-fetch.ts";
import type { GraphQLRequest } from "../http/graphql-request.ts";
import type { Authenticate } from "../http/graphql-endpoint.ts";
import type { Graph } from "../supergraph/graph.ts";
import type { NoteUse } from "../usage/use-counts.ts";
import { LastMessage, type OpenSubscriptions } from "./open-subscriptions.ts";
import { isSubscription, type Subscribe } from "./subscribe.ts";

export type LiveAnswersDeps = {
  readonly current: () => Graph | undefined;
  /** @throws GraphQLError for what is not admitted. */
  readonly admit: (graph: Graph, request: GraphQLRequest) => Promise<DocumentNode>;
  readonly subscribe: Subscribe;
  readonly subscriptions: OpenSubscriptions;
  readonly authenticate: Authenticate;
  readonly recordUse: NoteUse;
};

export type LiveRequest = {
  readonly request: GraphQLRequest;
  /** Its signal ends the subscription. */
  readonly context: RequestContext;
  readonly authorization: string | undefined;
  /** Whose subscriptions are counted together when nobody is signed in. */
  readonly address: string;
};

/** A response, or why there will be none any more: it is the last then. */
export type LiveMessage =
  | { readonly kind: "response"; readonly body: Buffer }
  | { readonly kind: "end"; readonly errors: readonly object[]; readonly code: string };

export type LiveAnswer =
  | { readonly kind: "refused"; readonly error: GraphQLError }
  /** Of a query or a mutation, or of no graph at all. */
  | { readonly kind: "other"; readonly document: DocumentNode | undefined }
  | {
      readonly kind: "subscription";
      readonly document: DocumentNode;
      /** To be read to its end, or until the context's signal: its place among the open ones is free then. */
      readonly messages: AsyncGenerator<LiveMessage, void, undefined>;
    };

/** @throws Refusal TOO_MANY_SUBSCRIPTIONS. */
export type LiveAnswers = (asked: LiveRequest) => Promise<LiveAnswer>;

const end = (
  message: string,
  extensions: { readonly code: string; readonly subgraph?: string },
): LiveMessage => ({
  kind: "end",
  errors: [{ message, extensions }],
  code: extensions.code,
});

export function createLiveAnswers(deps: LiveAnswersDeps): LiveAnswers {
  const { current, admit, subscribe, subscriptions, authenticate, recordUse } = deps;

  function describe(error: unknown, log: RequestContext["log"]): LiveMessage {
    if (error instanceof GraphQLError)
      return { kind: "end", errors: [error.toJSON()], code: String(error.extensions["code"]) };
    if (error instanceof SubgraphFailure) {
      const { message, code, subgraph } = error;
      return end(message, { code, subgraph });
    }
    log.error({ err: error }, "a subscription failed");
    const code = "INTERNAL_SERVER_ERROR";
    return end("Something went wrong in the gateway. Subscribe again.", { code });
  }

  async function* follow(
    graph: Graph,
    document: DocumentNode,
    { request, context, authorization }: LiveRequest,
    opened: ReturnType<OpenSubscriptions["open"]>,
  ): AsyncGenerator<LiveMessage, void, undefined> {
    const { operationName, variables = {} } = request;
    const signal = AbortSignal.any([context.signal, opened.signal]);
    try {
      const own = { ...context, signal };
      for await (const body of subscribe(graph, { document, operationName, variables }, own)) {
        const again =
          authorization === undefined ? undefined : await authenticate(authorization, signal);
        if (again?.ok === false) {
          yield end(again.message, { code: "UNAUTHENTICATED" });
          return;
        }
        yield { kind: "response", body };
      }
      const { reason } = opened.signal as { reason: unknown };
      if (reason instanceof LastMessage) yield end(reason.message, { code: reason.code });
    } catch (error) {
      yield describe(error, context.log);
    } finally {
      opened.close();
    }
  }

  return async (asked) => {
    const { request, context, address } = asked;
    const { operationName, variables = {} } = request;
    const graph = current();
    if (!graph) return { kind: "other", document: undefined };
    let document: DocumentNode;
    try {
      document = await admit(graph, request);
    } catch (error) {
      if (error instanceof GraphQLError) return { kind: "refused", error };
      throw error;
    }
    if (!isSubscription({ document, operationName, variables })) return { kind: "other", document };
    const opened = subscriptions.open(context.principal?.id ?? address);
    recordUse(graph, document, operationName, context);
    // A generator that is never begun, since the client has gone, does not come to its end by itself.
    if (context.signal.aborted) opened.close();
    context.signal.addEventListener("abort", opened.close, { once: true });
    return { kind: "subscription", document, messages: follow(graph, document, asked, opened) };
  };
}
