/** `SubgraphSend` as a `SubgraphFetch`: the answer's bytes are parsed. */
import { parseSubgraphResult } from "./parse-result.ts";
import type { SubgraphFetch, SubgraphSend } from "./subgraph-fetch.ts";

export const createParsedFetch =
  (send: SubgraphSend): SubgraphFetch =>
  async (call, context) =>
    parseSubgraphResult(call.subgraph, await send(call, context), call.read);
