/**
 * An answer's bytes → a result of the right shape, or a clear failure. Whatever a partner
 * sends, the execution after this can rely on `data` being an object or null and `errors` a list.
 */
import { answerText } from "./answer-text.ts";
import { invalidAnswer, outOfOrder } from "./failure.ts";
import type { SubgraphAnswer, SubgraphErrorEntry, SubgraphResult } from "./subgraph-fetch.ts";

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One entry of `errors`, whatever was sent in its place. */
export function toErrorEntry(error: unknown): SubgraphErrorEntry {
  if (!isObject(error)) return { message: "An error without a message." };
  const { message, path, extensions } = error;
  const pathFits =
    Array.isArray(path) &&
    path.every((part) => typeof part === "string" || typeof part === "number");
  return {
    message: typeof message === "string" ? message : "An error without a message.",
    ...(pathFits ? { path } : {}),
    ...(isObject(extensions) ? { extensions } : {}),
  };
}

/** @throws SubgraphFailure SUBGRAPH_UNAVAILABLE (5xx without GraphQL) or SUBGRAPH_INVALID_RESPONSE. */
export function parseSubgraphResult(
  subgraph: string,
  answer: SubgraphAnswer,
  read: (text: string) => unknown = JSON.parse,
): SubgraphResult {
  const text = answerText(subgraph, answer);
  const invalid = (what: string, cause?: unknown) =>
    answer.status >= 500 ? outOfOrder(subgraph, cause) : invalidAnswer(subgraph, what, cause);
  let json: unknown;
  try {
    json = read(text);
  } catch (error) {
    throw invalid("something that is not JSON", error);
  }
  if (!isObject(json)) throw invalid("something that is not a GraphQL response");
  const { data = null, errors = [], extensions } = json;
  if (data !== null && !isObject(data)) throw invalid("`data` that is no object");
  if (!Array.isArray(errors)) throw invalid("`errors` that is no list");
  if (data === null && errors.length === 0) throw invalid("neither data nor errors");
  return {
    data,
    errors: errors.map(toErrorEntry),
    ...(isObject(extensions) ? { extensions } : {}),
    ...(answer.cacheControl === undefined && answer.age === undefined
      ? {}
      : { caching: { cacheControl: answer.cacheControl, age: answer.age } }),
  };
}
