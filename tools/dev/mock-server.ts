/**
 * A subgraph that answers its SDL by made-up data, for the time when the real one is not there: behind
 * HTTP, entities and all. It verifies no signature: it holds nothing. Subscriptions are server-sent events,
 * as from any subgraph.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { execute, type GraphQLSchema, parse, validate } from "graphql";
import { principalHeader } from "../../platform/http-signature.ts";
import { silentLog } from "../../platform/log.ts";
import { decodePrincipal } from "../../platform/principal.ts";
import { type EventsRequest, serveEvents } from "../../subgraphs/kit/events.ts";
import { mockEvents } from "./mock-events.ts";
import { type MockContext, mockField } from "./mock-resolver.ts";

export type MockSubgraph = AsyncDisposable & {
  readonly url: string;
  /** Answers this SDL from now on. @throws what is wrong with it. */
  readonly serve: (sdl: string) => void;
};

export type MockOptions = {
  readonly host?: string;
  /** Between two events of a subscription. Default: a second. */
  readonly eventEveryMs?: number;
};

type Answer = { readonly status: number; readonly value: unknown };

const told = (status: number, message: string): Answer => ({
  status,
  value: { errors: [{ message }] },
});

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
}

const contextOf = ({ headers }: IncomingMessage): MockContext => ({
  principal: decodePrincipal(String(headers[principalHeader] ?? "")),
});

async function answer(schema: GraphQLSchema, request: IncomingMessage): Promise<Answer> {
  const { query, variables } = await readJson(request);
  const document = parse(String(query));
  const errors = validate(schema, document);
  if (errors.length > 0) return { status: 400, value: { errors } };
  const value = await execute({
    schema,
    document,
    variableValues: (variables ?? {}) as Record<string, unknown>,
    contextValue: contextOf(request),
    fieldResolver: mockField,
  });
  return { status: 200, value };
}

async function answerEvents(
  schema: GraphQLSchema,
  request: IncomingMessage,
  response: ServerResponse,
  everyMs: number,
): Promise<void> {
  const asked = (await readJson(request)) as EventsRequest;
  await serveEvents(response, asked, {
    name: "mock",
    schema,
    log: silentLog,
    createContext: () => contextOf(request),
    fieldResolver: mockField,
    subscribeFieldResolver: (_source, given, _context, { fieldName }) =>
      mockEvents(`Subscription.${fieldName}${JSON.stringify(given)}`, everyMs),
  });
}

function write(response: ServerResponse, { status, value }: Answer): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(value));
}

export async function startMock(options: MockOptions = {}): Promise<MockSubgraph> {
  const { host = "127.0.0.1", eventEveryMs = 1_000 } = options;
  let schema: GraphQLSchema | undefined;
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!schema) return write(response, told(503, "This mock has no SDL yet."));
    if (request.headers.accept?.startsWith("text/event-stream"))
      return answerEvents(schema, request, response, eventEveryMs);
    return write(response, await answer(schema, request));
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else write(response, told(400, (error as Error).message));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/graphql`,
    serve(sdl) {
      schema = buildSubgraphSchema([{ typeDefs: parse(sdl) }]);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
