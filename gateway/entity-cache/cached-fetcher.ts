/**
 * Fetches through the cache (read-through.ts). What cannot be taken apart into questions goes straight
 * to its subgraph.
 */
import { createPolicies } from "./policies.ts";
import { createDirectFetcher, type Fetcher } from "../execution/fetcher.ts";
import type { PrivatePart } from "../cache/key.ts";
import type { Graph } from "../supergraph/graph.ts";
import { askForSome, createEntityQuestions } from "./entity-questions.ts";
import { createKeyMaker } from "./key-parts.ts";
import { createReadThrough, type ReadThroughDeps } from "./read-through.ts";
import { createRootQuestions } from "./root-questions.ts";

export type CachedFetcherDeps = Omit<ReadThroughDeps, "policies"> & {
  readonly privatePart: PrivatePart;
  /** False for a subgraph of which nothing is to be cached. */
  readonly isCached: (subgraph: string) => boolean;
  /** Answers of one space are not found in another. Default: "". */
  readonly space?: string;
};

/** @returns the fetcher of a graph: what it has learnt of one supergraph's questions holds for the next one's. */
export function createCachedFetchers(deps: CachedFetcherDeps): (graph: Graph) => Fetcher {
  const { isCached, space = "" } = deps;
  const policies = createPolicies();
  const keys = createKeyMaker(policies, deps.privatePart, space);
  const readThrough = createReadThrough({ ...deps, policies });
  const direct = createDirectFetcher(deps.defaultsOf);

  function createFetcher({ supergraphSchema: schema, cacheSchema, accessRules }: Graph): Fetcher {
    const scope = { schema, cacheSchema, accessRules };
    const entityQuestions = createEntityQuestions(scope, keys);
    const rootQuestions = createRootQuestions(scope, keys);
    return {
      root(asking, step) {
        if (!isCached(step.node.serviceName)) return direct.root(asking, step);
        const questions = rootQuestions.of(asking, step);
        return questions?.some(({ key }) => key !== "")
          ? readThrough(asking, questions, rootQuestions.askForSome(step))
          : direct.root(asking, step);
      },
      entities(asking, request) {
        if (!isCached(request.group.subgraph)) return direct.entities(asking, request);
        // What these answer depends on more than the entity.
        if (request.parts.some(({ contexts }) => contexts.length > 0))
          return direct.entities(asking, request);
        const questions = entityQuestions(asking, request);
        return questions.some(({ key }) => key !== "")
          ? readThrough(asking, questions, askForSome(request, questions.length))
          : direct.entities(asking, request);
      },
    };
  }

  const fetchers = new WeakMap<Graph, Fetcher>();
  return (graph) => {
    const fetcher = fetchers.get(graph) ?? createFetcher(graph);
    fetchers.set(graph, fetcher);
    return fetcher;
  };
}
