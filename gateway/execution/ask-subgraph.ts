/**
 * One request to a subgraph from a program's text: body, fetch, and its errors as failures. It never
 * rejects for a subgraph's fault.
 */
import type { RequestContext } from "../context.ts";
import { CircuitOpen } from "../fetch/failure.ts";
import {
  type SubgraphErrorEntry,
  SubgraphFailure,
  type SubgraphFetch,
  type SubgraphResult,
} from "../fetch/subgraph-fetch.ts";
import type { Sharing } from "../plan/place.ts";
import { queryOf, type RequestText } from "../plan/request-text.ts";
import type { AnswerRecord } from "./answer-record.ts";
import type { Explanation } from "./explain.ts";
import type { Failure } from "./failures.ts";

export type Asking = {
  readonly fetch: SubgraphFetch;
  readonly context: RequestContext;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly explanation: Explanation | undefined;
  readonly record: AnswerRecord;
  /** Where one object hangs in several places of the data. */
  readonly sharing: Sharing;
};

/** A partner's server may send its stack along; clients never see it. */
function withoutInternals(extensions: SubgraphErrorEntry["extensions"]) {
  const { stacktrace: _stacktrace, exception: _exception, ...rest } = extensions ?? {};
  return rest;
}

export function toFailure(error: SubgraphErrorEntry, subgraph: string): Failure {
  const code = error.extensions?.["code"];
  return {
    message: error.message,
    extensions: {
      ...withoutInternals(error.extensions),
      code: typeof code === "string" ? code : "DOWNSTREAM_SERVICE_ERROR",
      subgraph,
    },
  };
}

/** @param representations `"representations":[…]`, one for each part of the text. */
export function bodyOf(
  text: RequestText,
  variables: Asking["variables"],
  representations: readonly string[],
): string {
  let body = text.head;
  let separator = "";
  for (const { name, prefix } of text.variables) {
    const value = variables[name];
    // A variable that the client left out stays left out: that is not the same as null.
    if (value === undefined) continue;
    body += separator + prefix + JSON.stringify(value);
    separator = ",";
  }
  for (const part of representations) {
    body += separator + part;
    separator = ",";
  }
  return `${body}}}`;
}

export async function askSubgraph(
  asking: Asking,
  subgraph: string,
  kind: "query" | "mutation",
  text: RequestText,
  representations: readonly string[] = [],
  representationCount = 0,
): Promise<SubgraphResult | Failure> {
  const { fetch, context, variables, explanation, sharing } = asking;
  const explained = explanation?.begin({
    subgraph,
    query: queryOf(text),
    representations: representationCount,
  });
  try {
    const body = bodyOf(text, variables, representations);
    const read = text.read && ((answer: string) => text.read?.(answer, sharing));
    const result = await fetch({ subgraph, kind, body, read }, context);
    explained?.(undefined);
    return result;
  } catch (error) {
    explained?.(error instanceof SubgraphFailure ? error.code : "INTERNAL_SERVER_ERROR");
    if (!(error instanceof SubgraphFailure)) throw error;
    const { code, message } = error;
    // While a circuit is open each request would say so again; that it has opened is logged once.
    const level = error instanceof CircuitOpen ? "debug" : "warn";
    context.log[level]({ subgraph, code, err: error.cause }, "a subgraph fetch failed");
    return { message, extensions: { code, subgraph } };
  }
}

export const isFailure = (result: SubgraphResult | Failure): result is Failure =>
  !("data" in result);
