/**
 * The transport on a free port, with plain graphql-js behind it, and every log line kept. What the
 * gateway's own pipeline does with a refused operation is done here in its simplest form.
 */
import {
  buildSchema,
  execute,
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { pino } from "pino";
import { type ErrorCode, graphError, httpStatusOf } from "../../../gateway/errors.ts";
import type { ExecuteRequest, GraphQLAnswer } from "../../../gateway/http/graphql-request.ts";
import { createHttpServer, type HttpDeps, type HttpOptions } from "../../../gateway/http/server.ts";

const schema = buildSchema(`
  type Query { hello: String, echo(text: String): String, long(length: Int!): String, fail: String, must: String! }
  type Mutation { change: String }
`);

const rootValue = {
  hello: "world",
  echo: ({ text }: { text?: string }) => text,
  long: ({ length }: { length: number }) => "long ".repeat(length / 5),
  fail: () => {
    throw new GraphQLError("no luck", { extensions: { code: "DOWNSTREAM_SERVICE_ERROR" } });
  },
  must: () => null,
  change: "changed",
};

function refused(errors: readonly GraphQLError[], code: ErrorCode): GraphQLAnswer {
  const coded = errors.map((error) => graphError(code, error.message).toJSON());
  return {
    body: JSON.stringify({ errors: coded }),
    hasData: false,
    httpStatus: httpStatusOf(code),
    outcome: "refused",
    errorCodes: [code],
  };
}

export const executePlain: ExecuteRequest = async (request, _context, { method }) => {
  let document;
  try {
    document = parse(request.query ?? "");
  } catch (error) {
    return refused([error as GraphQLError], "GRAPHQL_PARSE_FAILED");
  }
  const invalid = validate(schema, document, specifiedRules);
  if (invalid.length > 0) return refused(invalid, "GRAPHQL_VALIDATION_FAILED");
  const operation = getOperationAST(document, request.operationName);
  if (method === "GET" && operation?.operation === OperationTypeNode.MUTATION) {
    return refused([new GraphQLError("Send mutations by POST.")], "METHOD_NOT_ALLOWED");
  }
  const { variables: variableValues, operationName } = request;
  const result = await execute({ schema, document, rootValue, variableValues, operationName });
  if (!("data" in result)) return refused(result.errors ?? [], "BAD_USER_INPUT");
  const name = operation?.name?.value;
  return {
    body: JSON.stringify(result),
    hasData: true,
    httpStatus: 200,
    outcome: result.errors ? "errors" : "ok",
    errorCodes: (result.errors ?? []).map(({ extensions }) => String(extensions["code"])),
    ...(name === undefined ? {} : { operationName: name }),
  };
};

export type LogLine = Readonly<Record<string, unknown>>;

export async function startPlainServer(
  deps: Partial<HttpDeps> = {},
  options: Partial<HttpOptions> = {},
) {
  const lines: LogLine[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) };
  const http = createHttpServer(
    {
      execute: executePlain,
      authenticate: async () => ({ ok: true, principal: undefined }),
      ready: async () => ({ ready: true }),
      log: pino({ level: "debug", base: null }, destination),
      clock: Date.now,
      newRequestId: () => "made-anew",
      ...deps,
    },
    { idleLingerMs: 20, drainTimeoutMs: 2_000, ...options },
  );
  const port = await http.start({ host: "127.0.0.1", port: 0, portSetting: "PORT" });
  const base = `http://127.0.0.1:${port}`;
  return {
    ...http,
    port,
    base,
    url: `${base}/graphql`,
    /** Every line of the log so far. */
    lines,
    /** The lines about requests, once there are as many. */
    async requestLines(count: number): Promise<readonly LogLine[]> {
      for (;;) {
        const ended = lines.filter(({ msg }) => msg === "request");
        if (ended.length >= count) return ended;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    [Symbol.asyncDispose]: () => http.drain({ graceMs: 0 }),
  };
}

export type PlainServer = Awaited<ReturnType<typeof startPlainServer>>;

export type Answer = { readonly data?: any; readonly errors?: readonly any[] };

/** Posts JSON: text and bytes go as they are. */
export function post(
  url: string,
  body: object | string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: isRaw ? body : JSON.stringify(body),
  });
}

/** The first error's code and message. */
export async function errorOf(
  response: Response,
): Promise<{ readonly code: string; readonly message: string }> {
  const { errors } = (await response.json()) as Answer;
  return { code: errors?.[0].extensions.code, message: errors?.[0].message };
}
