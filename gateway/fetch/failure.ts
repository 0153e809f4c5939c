/** The failures of a fetch that came to nothing, in words for the client: no URL, no internals. */
import { SubgraphFailure } from "./subgraph-fetch.ts";

export const unavailable = (subgraph: string, cause?: unknown) =>
  new SubgraphFailure(
    "SUBGRAPH_UNAVAILABLE",
    subgraph,
    `"${subgraph}" cannot be reached at the moment. The rest of the answer is complete; try again later.`,
    cause,
  );

export const outOfOrder = (subgraph: string, cause?: unknown) =>
  new SubgraphFailure(
    "SUBGRAPH_UNAVAILABLE",
    subgraph,
    `"${subgraph}" is out of order at the moment; try again later.`,
    cause,
  );

export const tooLate = (subgraph: string, cause?: unknown) =>
  new SubgraphFailure("SUBGRAPH_TIMEOUT", subgraph, `"${subgraph}" did not answer in time.`, cause);

/** @param what Completes the sentence: "something that is not JSON". */
export const invalidAnswer = (subgraph: string, what: string, cause?: unknown) =>
  new SubgraphFailure(
    "SUBGRAPH_INVALID_RESPONSE",
    subgraph,
    `"${subgraph}" answered with ${what}.`,
    cause,
  );

/** What was not even tried: each tells no more than that the breaker has opened. */
export class CircuitOpen extends SubgraphFailure {
  constructor(subgraph: string) {
    const message = `"${subgraph}" has failed repeatedly and is left in peace for a moment; try again later.`;
    super("SUBGRAPH_UNAVAILABLE", subgraph, message);
  }
}

export const overloaded = (subgraph: string, cause?: unknown) =>
  new SubgraphFailure(
    "SUBGRAPH_OVERLOADED",
    subgraph,
    `"${subgraph}" has more to do than it can at the moment; try again later.`,
    cause,
  );
