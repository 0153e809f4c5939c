/**
 * How a program's fetches are carried out: straight from the subgraphs, as here, or through the cache
 * (entity-cache/cached-fetcher.ts). Both give the same results, so the execution need not know which.
 */
import { freshnessOfResult } from "../entity-cache/result-freshness.ts";
import type { SubgraphResult } from "../fetch/subgraph-fetch.ts";
import type { EntityGroup, RootStep } from "../plan/program.ts";
import type { EntityRequestText } from "../plan/request-text.ts";
import type { FreshnessDefaults } from "../cache/cache-control.ts";
import { type Asking, askSubgraph, isFailure } from "./ask-subgraph.ts";
import type { Failure } from "./failures.ts";

/** Entities that are asked for together. */
export type EntityRequest = {
  readonly group: EntityGroup;
  readonly text: EntityRequestText;
  /** In the order of the text's parts. */
  readonly parts: readonly EntityRequestPart[];
};

export type EntityRequestPart = {
  /** Index among the group's asks. */
  readonly ask: number;
  /** JSON texts. */
  readonly representations: readonly string[];
  /** The type of each; undefined where a rewrite has changed it. */
  readonly typenames: readonly (string | undefined)[];
  /** What came from above its entities, as JSON, in the order of the ask's contexts. */
  readonly contexts: readonly string[];
};

export type Fetcher = {
  /** Queries only. */
  readonly root: (asking: Asking, step: RootStep) => Promise<SubgraphResult | Failure>;
  readonly entities: (asking: Asking, request: EntityRequest) => Promise<SubgraphResult | Failure>;
};

/** One request for all of them. */
export function askForEntities(
  asking: Asking,
  { group, text, parts }: EntityRequest,
): Promise<SubgraphResult | Failure> {
  let count = 0;
  const representations = parts.flatMap((part, index) => {
    count += part.representations.length;
    const { prefix, contexts = [] } = text.parts[index] ?? {};
    const own = `${prefix}[${part.representations.join(",")}]`;
    if (contexts.length === 0) return own;
    return [own, ...contexts.map((name, at) => `${name}${part.contexts[at]}`)];
  });
  return askSubgraph(asking, group.subgraph, "query", text, representations, count);
}

/** @param defaultsOf What is configured for a subgraph whose answers do not say how long they last. */
export function createDirectFetcher(defaultsOf: (subgraph: string) => FreshnessDefaults): Fetcher {
  const noted = async (
    { record, context }: Asking,
    subgraph: string,
    asked: Promise<SubgraphResult | Failure>,
  ) => {
    const result = await asked;
    const freshness = isFailure(result)
      ? undefined
      : freshnessOfResult(result, defaultsOf(subgraph), context.principal);
    record.note(freshness);
    return result;
  };
  return {
    root: (asking, { node, text }) =>
      noted(asking, node.serviceName, askSubgraph(asking, node.serviceName, "query", text)),
    entities: (asking, request) =>
      noted(asking, request.group.subgraph, askForEntities(asking, request)),
  };
}
