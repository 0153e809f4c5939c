/**
 * How long a subgraph's answer, or one part of it, may be used: by its `Cache-Control` and `Age`, and
 * for parts that differ by `extensions.cacheControl` (the format of Apollo's cache control specification:
 * hints by path; the kit sends one for each root field or entity whose policy is not the whole's).
 */
import { LRUCache } from "lru-cache";
import type { Principal } from "../../platform/principal.ts";
import { type FreshnessDefaults, parseFreshness } from "../cache/cache-control.ts";
import { type Freshness, Scope } from "../cache/freshness.ts";
import type { SubgraphResult } from "../fetch/subgraph-fetch.ts";

type Known = { readonly freshness: Freshness | undefined };

/** Subgraphs send few different headers; most without an age. */
const known = new LRUCache<string, Known>({ max: 500 });

const silent = { cacheControl: undefined, age: undefined };

/**
 * RFC 9111 section 3.5: what answers somebody who is signed in is for others only if it says so.
 * @returns undefined for an answer that must not be stored.
 */
export function freshnessOfResult(
  { caching = silent }: SubgraphResult,
  defaults: FreshnessDefaults,
  principal: Principal | undefined,
): Freshness | undefined {
  const { maxAgeSeconds, staleIfErrorSeconds, staleWhileRevalidateSeconds } = defaults;
  const own = `${maxAgeSeconds} ${staleWhileRevalidateSeconds} ${staleIfErrorSeconds}`;
  const key = `${principal ? "p" : ""} ${own} ${caching.age ?? ""} ${caching.cacheControl ?? ""}`;
  const found = known.get(key);
  if (found) return found.freshness;
  const implicitScope = principal ? Scope.Private : Scope.Public;
  const freshness = parseFreshness(caching, { ...defaults, implicitScope });
  known.set(key, { freshness });
  return freshness;
}

type Hint = {
  readonly path: readonly unknown[];
  readonly maxAge: unknown;
  readonly scope: unknown;
};

function hintsOf({ extensions }: SubgraphResult): readonly Hint[] {
  const policy = extensions?.["cacheControl"];
  const hints =
    typeof policy === "object" && policy !== null ? (policy as { hints?: unknown }).hints : [];
  if (!Array.isArray(hints)) return [];
  return hints.filter((hint): hint is Hint => Array.isArray(Object(hint).path));
}

/** The freshness of one part, by its path: `[root field]`, or `[_entities, index]`. */
export type PartFreshness = (path: readonly (string | number)[]) => {
  readonly freshness: Freshness | undefined;
  /** Said of this part, and not only of the whole. */
  readonly isOwn: boolean;
};

export function partFreshnessOf(
  result: SubgraphResult,
  defaults: FreshnessDefaults,
  principal: Principal | undefined,
): PartFreshness {
  const whole = freshnessOfResult(result, defaults, principal);
  const hints = hintsOf(result);
  if (hints.length === 0) return () => ({ freshness: whole, isOwn: false });
  const byPath = new Map(hints.map((hint) => [hint.path.join("."), hint]));
  return (path) => {
    const hint = byPath.get(path.join(".")) ?? byPath.get(String(path[0]));
    if (!hint) return { freshness: whole, isOwn: false };
    const maxAge = typeof hint.maxAge === "number" && hint.maxAge > 0 ? Math.floor(hint.maxAge) : 0;
    if (maxAge === 0) return { freshness: undefined, isOwn: true };
    const scope = hint.scope === "PRIVATE" ? "private" : "public";
    const cacheControl = `${scope}, max-age=${maxAge}`;
    return {
      freshness: parseFreshness({ cacheControl, age: result.caching?.age }, defaults),
      isOwn: true,
    };
  };
}
