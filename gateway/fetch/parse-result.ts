/**
 * Bytes of a subgraph's answer → a result of the right shape, or a clear failure. Whatever a partner
 * sends, the execution after this can rely on `data` being an object or null and `errors` a list.
 */
import { type SubgraphErrorEntry, SubgraphFailure, type SubgraphResult } from "./subgraph-fetch.ts";

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function toErrorEntry(error: unknown): SubgraphErrorEntry {
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
  status: number,
  text: string,
): SubgraphResult {
  const invalid = (what: string, cause?: unknown) =>
    status >= 500
      ? new SubgraphFailure(
          "SUBGRAPH_UNAVAILABLE",
          subgraph,
          `"${subgraph}" is out of order at the moment; try again later.`,
          cause,
        )
      : new SubgraphFailure(
          "SUBGRAPH_INVALID_RESPONSE",
          subgraph,
          `"${subgraph}" answered with ${what}.`,
          cause,
        );
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    throw invalid("something that is not JSON", error);
  }
  if (!isObject(answer)) throw invalid("something that is not a GraphQL response");
  const { data = null, errors = [] } = answer;
  if (data !== null && !isObject(data)) throw invalid("`data` that is no object");
  if (!Array.isArray(errors)) throw invalid("`errors` that is no list");
  if (data === null && errors.length === 0) throw invalid("neither data nor errors");
  return { data, errors: errors.map(toErrorEntry) };
}
