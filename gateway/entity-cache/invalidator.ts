/** Obeys invalidations, whoever asks: an operator over HTTP, a subgraph after a mutation, an event. */
import type { Log } from "../../platform/log.ts";
import type { InvalidationBook, Invalidated } from "../cache/invalidation-book.ts";
import type { Graph } from "../supergraph/graph.ts";
import {
  type Invalidation,
  invalidationRequest,
  tagsToInvalidate,
} from "./invalidation-request.ts";

export type Invalidator = {
  /** Resolves when every process obeys, or with "unrecorded" when Redis did not take it. */
  readonly invalidate: (requests: readonly Invalidation[]) => Promise<Invalidated>;
  /**
   * What a subgraph asks for itself; what it asks for others, and what cannot be read, is not done.
   * @returns undefined when nothing was to be done.
   */
  readonly fromSubgraph: (subgraph: string, requested: unknown) => Promise<Invalidated | undefined>;
};

export type InvalidatorDeps = {
  readonly invalidate: InvalidationBook["invalidate"];
  readonly current: () => Graph | undefined;
  readonly log: Log;
};

function isOf(subgraph: string, request: Invalidation): boolean {
  switch (request.kind) {
    case "everything":
      return false;
    case "cache_tag":
      return request.subgraphs.every((one) => one === subgraph);
    default:
      return request.subgraph === subgraph;
  }
}

export function createInvalidator(deps: InvalidatorDeps): Invalidator {
  const { current, log } = deps;

  async function invalidate(requests: readonly Invalidation[]): Promise<Invalidated> {
    const schema = current()?.cacheSchema ?? { relativesOf: (type: string) => [type] };
    const tags = requests.flatMap((request) => tagsToInvalidate(schema, request));
    return deps.invalidate([...new Set(tags)]);
  }

  return {
    invalidate,
    async fromSubgraph(subgraph, requested) {
      const { data, error } = invalidationRequest.safeParse(requested);
      if (!data) {
        const problems = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
        log.warn(
          { subgraph, problems },
          "a subgraph asked for an invalidation that cannot be read",
        );
        return undefined;
      }
      const own = data.filter((request) => isOf(subgraph, request));
      if (own.length < data.length)
        log.warn({ subgraph }, "a subgraph asked for invalidations of another's data; not done");
      if (own.length === 0) return undefined;
      const done = await invalidate(own);
      if (done.kind === "unrecorded")
        log.warn(
          { subgraph },
          "an invalidation could not be recorded in Redis; it follows when Redis is back",
        );
      return done;
    },
  };
}
