/** `SubgraphSend` as a `SubgraphFetch`: writes the request's JSON, parses the answer's. */
import { parseSubgraphResult } from "./parse-result.ts";
import type { SubgraphFetch, SubgraphSend } from "./subgraph-fetch.ts";

export function createParsedFetch(send: SubgraphSend): SubgraphFetch {
  return async ({ subgraph, kind, query, operationName, variables }, context) => {
    const body = JSON.stringify({ query, operationName, variables });
    const answer = await send({ subgraph, kind, operationName, body }, context);
    return parseSubgraphResult(subgraph, answer);
  };
}
