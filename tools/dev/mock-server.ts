/**
 * A subgraph that answers its SDL by made-up data, for the time when the real one is not there: behind
 * HTTP, entities and all. It verifies no signature: it holds nothing. Subscriptions have no mock.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { execute, type GraphQLSchema, parse, validate } from "graphql";
import { principalHeader } from "../../platform/http-signature.ts";
import { decodePrincipal } from "../../platform/principal.ts";
import { mockField } from "./mock-resolver.ts";

export type MockSubgraph = AsyncDisposable & {
  readonly url: string;
  /** Answers this SDL from now on. @throws what is wrong with it. */
  readonly serve: (sdl: string) => void;
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

async function answer(
  schema: GraphQLSchema | undefined,
  request: IncomingMessage,
): Promise<Answer> {
  if (!schema) return told(503, "This mock has no SDL yet.");
  const { query, variables } = await readJson(request);
  const document = parse(String(query));
  const errors = validate(schema, document);
  if (errors.length > 0) return { status: 400, value: { errors } };
  const principal = decodePrincipal(String(request.headers[principalHeader] ?? ""));
  const value = await execute({
    schema,
    document,
    variableValues: (variables ?? {}) as Record<string, unknown>,
    contextValue: { principal },
    fieldResolver: mockField,
  });
  return { status: 200, value };
}

export async function startMock(host = "127.0.0.1"): Promise<MockSubgraph> {
  let schema: GraphQLSchema | undefined;
  const server = createServer((request, response) => {
    answer(schema, request)
      .catch((error: unknown) => told(400, (error as Error).message))
      .then(({ status, value }) => {
        response.writeHead(status, {
          "content-type": "application/json; charset=utf-8",
          "cache-control": "no-store",
        });
        response.end(JSON.stringify(value));
      })
      .catch(() => response.destroy());
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
