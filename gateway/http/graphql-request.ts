/**
 * The contract between the transport and whatever executes operations, and the reading of a request:
 * the JSON object of a POST's body or the parameters of a GET's URL → a GraphQLRequest, or a Refusal
 * that names the parameter at fault (GraphQL over HTTP, "Request Parameters").
 */
import type { RequestContext } from "../context.ts";
import type { AnswerCaching } from "./answer-headers.ts";
import { describePosition, findJsonError } from "./json-error.ts";
import { Refusal } from "./refusal.ts";

export type GraphQLRequest = {
  /** Absent only for a persisted operation, which `extensions.persistedQuery` names. */
  readonly query?: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
};

export type Outcome = "ok" | "errors" | "refused";

export type GraphQLAnswer = {
  /** Finished JSON, as text or in UTF-8, of `{ data?, errors?, extensions? }`. */
  readonly body: string | Buffer;
  /** False: the request was refused before execution, and `body` has no `data` entry. */
  readonly hasData: boolean;
  /** Status of a refused request, from gateway/errors.ts; 200 otherwise. */
  readonly httpStatus: number;
  /** Added to the response, for example `cache-control`; they replace ours, but `vary` is joined. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of the operation that was chosen, for the log. */
  readonly operationName?: string;
  readonly outcome: Outcome;
  readonly errorCodes: readonly string[];
  /** Undefined: nobody may store the answer. */
  readonly caching?: AnswerCaching;
};

/** A mutation by GET must be refused with status 405: only the executor knows what an operation is. */
export type ExecuteRequest = (
  request: GraphQLRequest,
  context: RequestContext,
  http: { readonly method: "GET" | "POST" },
) => Promise<GraphQLAnswer>;

const bad = (message: string): Refusal => new Refusal("BAD_REQUEST", message);

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const place = describePosition(text, findJsonError(text) ?? text.length);
    throw bad(`${what} is not valid JSON: it goes wrong at ${place}.`);
  }
}

function readString(from: Record<string, unknown>, name: string): string | undefined {
  const value = from[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw bad(`The parameter "${name}" must be a string, not ${typeOf(value)}.`);
}

function readMap(from: Record<string, unknown>, name: string): Record<string, unknown> | undefined {
  const value = from[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw bad(`The parameter "${name}" must be an object, not ${typeOf(value)}.`);
}

function toRequest(parameters: Record<string, unknown>): GraphQLRequest {
  const query = readString(parameters, "query");
  const operationName = readString(parameters, "operationName");
  const variables = readMap(parameters, "variables");
  const extensions = readMap(parameters, "extensions");
  if (!query && !extensions?.["persistedQuery"]) {
    throw bad('The parameter "query" is missing: send the text of a GraphQL document in it.');
  }
  return {
    ...(query === undefined ? {} : { query }),
    ...(operationName === undefined ? {} : { operationName }),
    ...(variables === undefined ? {} : { variables }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}

/** @throws Refusal BAD_REQUEST. */
export function requestFromBody(body: string): GraphQLRequest {
  if (body.trim() === "") {
    throw bad('The request body is empty: send a JSON object with the parameter "query".');
  }
  const parsed = parseJson(body, "The request body");
  if (Array.isArray(parsed)) {
    throw bad(
      "The request body is a batch (a JSON array): send each operation as its own request.",
    );
  }
  if (typeof parsed !== "object" || parsed === null) {
    throw bad('The request body must be a JSON object with the parameter "query".');
  }
  return toRequest(parsed as Record<string, unknown>);
}

/**
 * @param search What follows `?` in the URL, form-encoded. An empty parameter is an absent one.
 * @throws Refusal BAD_REQUEST.
 */
export function requestFromQueryString(search: string): GraphQLRequest {
  try {
    decodeURIComponent(search);
  } catch {
    throw bad("The URL's query string is not percent-encoded UTF-8.");
  }
  const given = new URLSearchParams(search);
  const read = (name: string): string | undefined => {
    const values = given.getAll(name);
    if (values.length > 1) throw bad(`The URL has the parameter "${name}" more than once.`);
    return values[0] === "" ? undefined : values[0];
  };
  const readJson = (name: string): unknown => {
    const text = read(name);
    return text === undefined ? undefined : parseJson(text, `The URL's parameter "${name}"`);
  };
  return toRequest({
    query: read("query"),
    operationName: read("operationName"),
    variables: readJson("variables"),
    extensions: readJson("extensions"),
  });
}
