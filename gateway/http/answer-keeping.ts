/**
 * Who outside may keep an answer, where that is not for its subgraphs to say. Shared caches (RFC 9111) know
 * URLs, not tokens and clients: what is for some alone, they would give to all.
 */
import { Scope } from "../cache/freshness.ts";
import type { GraphQLAnswer } from "./graphql-request.ts";

/** Of a contract that needs a token: whoever asked may keep it. */
export function keptByAsker(answer: GraphQLAnswer): GraphQLAnswer {
  const { caching } = answer;
  if (!caching?.freshness) return answer;
  const freshness = { ...caching.freshness, scope: Scope.Private };
  return { ...answer, caching: { ...caching, freshness } };
}

/** Of a candidate: at the same URL, others get what is live. */
export function keptByNobody({ caching: _dropped, ...answer }: GraphQLAnswer): GraphQLAnswer {
  return answer;
}
