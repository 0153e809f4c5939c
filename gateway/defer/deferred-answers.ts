/**
 * Queries with `@defer` over HTTP: what is there first is sent first, for clients that say by Accept in which form
 * they take it. Everybody else, and whatever cannot be deferred, gets the whole answer at once.
 */
import { GraphQLError, type DocumentNode } from "graphql";
import type { RequestContext } from "../context.ts";
import type { OperationRequest } from "../execution/execute-operation.ts";
import type { ExecuteRequest, GraphQLRequest } from "../http/graphql-request.ts";
import type { Reply } from "../http/reply.ts";
import { multipart } from "../live/multipart.ts";
import type { Graph } from "../supergraph/graph.ts";
import type { DeferredExecution } from "./execute-deferred.ts";
import type { DeferFormat } from "./formats.ts";

export type DeferredAnswersDeps = {
  readonly current: () => Graph | undefined;
  /** @throws GraphQLError for what is not admitted. */
  readonly admit: (graph: Graph, request: GraphQLRequest) => Promise<DocumentNode>;
  readonly executeDeferred: (
    graph: Graph,
    request: OperationRequest,
    context: RequestContext,
  ) => Promise<DeferredExecution | undefined>;
  readonly execute: ExecuteRequest;
};

export type DeferredRequest = {
  readonly request: GraphQLRequest;
  readonly context: RequestContext;
  readonly method: "GET" | "POST";
  readonly format: DeferFormat;
  /** Whether the client takes nothing but this format. */
  readonly isOnly: boolean;
};

/** Undefined: to be answered in the ordinary way. */
export type DeferredAnswers = (asked: DeferredRequest) => Promise<Reply | undefined>;

async function* parts(
  first: string,
  rest: AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  yield multipart.begin + multipart.part(first);
  for await (const next of rest) yield multipart.part(next);
  yield multipart.end;
}

async function* none(): AsyncGenerator<string, void, undefined> {}

export function createDeferredAnswers(deps: DeferredAnswersDeps): DeferredAnswers {
  const { current, admit, executeDeferred, execute } = deps;

  async function start({ request, context }: DeferredRequest) {
    // Cheap to see in a text; a persisted one has to be looked up.
    if (request.query !== undefined && !request.query.includes("@defer")) return undefined;
    const graph = current();
    if (!graph) return undefined;
    try {
      const { operationName, variables = {} } = request;
      const document = await admit(graph, request);
      return await executeDeferred(graph, { document, operationName, variables }, context);
    } catch (error) {
      // The ordinary way words what is wrong with a request.
      if (error instanceof GraphQLError) return undefined;
      throw error;
    }
  }

  return async (asked) => {
    const { request, context, method, format, isOnly } = asked;
    const { operationName } = request;
    const reply = (stream: AsyncGenerator<string, void, undefined>, codes: readonly string[]) => ({
      httpStatus: 200,
      headers: {
        "content-type": format.contentType,
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      },
      body: "",
      stream,
      outcome: codes.length > 0 ? ("errors" as const) : ("ok" as const),
      errorCodes: codes,
      ...(operationName === undefined ? {} : { operationName }),
    });
    const executed = await start(asked);
    if (!executed) {
      if (!isOnly) return undefined;
      const { body, errorCodes } = await execute(request, context, { method });
      const whole = JSON.parse(body.toString()) as object;
      return reply(parts(JSON.stringify({ ...whole, hasNext: false }), none()), errorCodes);
    }
    const { initial, batches } = executed;
    async function* rest(): AsyncGenerator<string, void, undefined> {
      for await (const batch of batches) yield JSON.stringify(format.next(batch));
    }
    const codes = initial.errors.map(({ extensions }) => String(extensions["code"]));
    return reply(parts(JSON.stringify(format.initial(executed)), rest()), [...new Set(codes)]);
  };
}
