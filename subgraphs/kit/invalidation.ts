/**
 * What a change makes stale, told to the gateway in the answer of the mutation that made it:
 * `extensions.invalidation`, a list of requests in the shape of Apollo Router's invalidation endpoint.
 * The gateway forgets these before it passes the answer on, so whoever reads after the answer reads anew.
 */

/** One request to forget, as the gateway reads it. A subgraph speaks of its own data only. */
export type InvalidationRequest =
  | { readonly kind: "subgraph"; readonly subgraph: string }
  | { readonly kind: "type"; readonly subgraph: string; readonly type: string }
  | {
      readonly kind: "entity";
      readonly subgraph: string;
      readonly type: string;
      /** Fields of the entity's `@key`. */
      readonly key: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "cache_tag";
      readonly subgraphs: readonly string[];
      readonly cache_tag: string;
    };

/** What a resolver names: everything of this subgraph, a type, one entity of it, or a tag (`@cacheTag`). */
export type Stale =
  | "everything"
  | { readonly type: string; readonly key?: Readonly<Record<string, string>> }
  | { readonly cacheTag: string };

export type Invalidations = {
  readonly add: (stale: readonly Stale[]) => void;
  /** In the order of their naming, each once. */
  readonly list: () => readonly InvalidationRequest[];
};

function toRequest(subgraph: string, stale: Stale): InvalidationRequest {
  if (stale === "everything") return { kind: "subgraph", subgraph };
  if ("cacheTag" in stale) {
    return { kind: "cache_tag", subgraphs: [subgraph], cache_tag: stale.cacheTag };
  }
  const { type, key } = stale;
  return key ? { kind: "entity", subgraph, type, key } : { kind: "type", subgraph, type };
}

/** Collects for one request to one subgraph. */
export function createInvalidations(subgraph: string): Invalidations {
  const requests = new Map<string, InvalidationRequest>();
  return {
    add(stale) {
      for (const one of stale) {
        const request = toRequest(subgraph, one);
        requests.set(JSON.stringify(request), request);
      }
    },
    list: () => [...requests.values()],
  };
}

/**
 * Tells the gateway what a change made stale. Call it once the change is committed: readers who come
 * between would otherwise fill the cache with the old state again.
 * @example invalidate(context, { type: "Bulletin", key: { id } }, { cacheTag: "bulletins" });
 */
export const invalidate = (
  { invalidations }: { readonly invalidations: Invalidations },
  ...stale: readonly Stale[]
): void => invalidations.add(stale);
