/** The same answer through a cache, whatever was asked before, and once more when all of it is kept. */
import { openCache } from "../../gateway/cache/open-cache.ts";
import { createPrivatePart } from "../../gateway/cache/key.ts";
import { createCachedFetchers } from "../../gateway/entity-cache/cached-fetcher.ts";
import { silentLog } from "../../platform/log.ts";
import type { Answer } from "./equivalence.ts";
import { answerOfGateway, type FederatedGraph } from "./federated.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import type { GraphModel } from "./graph-model.ts";

const privatePart = createPrivatePart("x".repeat(32));

/** @returns the answers of the case itself, the first and the second time. */
export async function cachedAnswers(
  federated: FederatedGraph,
  one: FuzzCase,
  model: GraphModel,
): Promise<readonly Answer[]> {
  const cache = openCache({ log: silentLog, clock: Date.now, random: () => 0 }, { jitter: 0 });
  const fetcher = createCachedFetchers({
    entries: cache.entries,
    defaultsOf: () => ({}),
    isCached: () => true,
    clock: Date.now,
    refreshTimeoutMs: 1_000,
    privatePart,
  })(federated.graph);
  const answers: Answer[] = [];
  for (const asked of [...(one.before ?? []), one, one])
    answers.push(await answerOfGateway(federated, { ...one, ...asked }, model, fetcher));
  return answers.slice(-2);
}
