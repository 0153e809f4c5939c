/**
 * Subscriptions of a subgraph, as server-sent events for the gateway (graphql-sse, distinct connections
 * mode: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md). Each event is executed in a
 * context of its own: loaders must not remember what was before. The next one is asked of the source when
 * the gateway has taken the last, and the source is told at once when the gateway hangs up.
 */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from "graphql";
import type { Log } from "../../platform/log.ts";

export type EventsRequest = {
  readonly query?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
};

export type EventsOptions = {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly log: Log;
  /** For the subscription, and anew for each event. */
  readonly createContext: () => unknown;
} & Pick<ExecutionArgs, "fieldResolver" | "subscribeFieldResolver">;

const heartbeatMs = 12_000;

const nextEvent = (result: ExecutionResult): string =>
  `event: next\ndata: ${JSON.stringify(result)}\n\n`;

function readDocument(schema: GraphQLSchema, { query = "" }: EventsRequest): DocumentNode {
  const document = parse(query);
  const [error] = validate(schema, document);
  if (error) throw error;
  return document;
}

/** Ends when the source ends, when the gateway hangs up, or with an event that tells what went wrong. */
export async function serveEvents(
  response: ServerResponse,
  request: EventsRequest,
  { name, schema, log, createContext, ...resolvers }: EventsOptions,
): Promise<void> {
  /** No SQL and no stack leaves here. */
  function masked({ errors, ...rest }: ExecutionResult): ExecutionResult {
    if (!errors) return rest;
    const told = errors.map((error) => {
      const { originalError: original } = error;
      if (!original || original instanceof GraphQLError) return error;
      log.error({ err: original, path: error.path }, "unforeseen error");
      const message = `Something went wrong in "${name}". Subscribe again; if it stays, report it.`;
      const extensions = { code: "INTERNAL_SERVER_ERROR" };
      return new GraphQLError(message, { path: error.path ?? null, extensions });
    });
    return { ...rest, errors: told };
  }

  async function subscribe(): Promise<AsyncIterable<unknown> | ExecutionResult> {
    try {
      return await createSourceEventStream({ ...execution, contextValue: createContext() });
    } catch (error) {
      const unforeseen = new GraphQLError("", { originalError: error as Error });
      return { errors: [error instanceof GraphQLError ? error : unforeseen] };
    }
  }

  let document: DocumentNode;
  try {
    document = readDocument(schema, request);
  } catch (error) {
    response.writeHead(400, { "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify({ errors: [error] }));
    return;
  }
  const { variables: variableValues, operationName } = request;
  const execution = {
    schema,
    document,
    ...resolvers,
    ...(variableValues ? { variableValues } : {}),
    ...(operationName === undefined ? {} : { operationName }),
  };
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
  });
  response.flushHeaders();
  const beat = setInterval(() => response.write(":\n\n"), heartbeatMs);
  const gone = once(response, "close");
  try {
    const source = await subscribe();
    if (!(Symbol.asyncIterator in source)) {
      response.write(nextEvent(masked(source)));
      return;
    }
    const events = source[Symbol.asyncIterator]();
    // A source that waits for its next event learns of it by this.
    void gone.then(() => events.return?.());
    for (let next = await events.next(); !next.done; next = await events.next()) {
      const contextValue = createContext();
      const result = await execute({ ...execution, rootValue: next.value, contextValue });
      if (response.destroyed) return;
      if (!response.write(nextEvent(masked(result))))
        await Promise.race([gone, once(response, "drain")]);
    }
  } catch (error) {
    log.error({ err: error }, "a subscription failed");
    const failed = new GraphQLError("", { originalError: error as Error });
    response.write(nextEvent(masked({ errors: [failed] })));
  } finally {
    clearInterval(beat);
    response.end("event: complete\ndata:\n\n");
  }
}
