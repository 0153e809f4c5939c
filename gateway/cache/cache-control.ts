/**
 * `Cache-Control` and `Age` headers of a subgraph's answer → its freshness, for a shared cache.
 * Rules: RFC 9111 (5.2.2 directives, 4.2.1 doubtful values are stale, 5.2.3 unknown directives are
 * ignored) and RFC 5861 (stale-while-revalidate, stale-if-error). Pure; never throws.
 */
import { type Freshness, Scope } from "./freshness.ts";

/** RFC 9111, 1.2.2: a larger number means "very long". */
const longestSeconds = 2 ** 31;

// token [ "=" ( token | quoted-string ) ], separated by commas; a quoted comma separates nothing.
const directivePattern = /([^\s,;="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;

function directivesOf(header: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  for (const [, name = "", quoted, token] of header.matchAll(directivePattern)) {
    const key = name.toLowerCase();
    // Given twice: the first counts (RFC 9111, 4.2.1).
    if (!directives.has(key))
      directives.set(key, quoted?.replaceAll(/\\(.)/g, "$1") ?? token ?? "");
  }
  return directives;
}

/** Seconds of a directive: `undefined` when absent, 0 when it makes no sense (so: stale). */
function secondsOf(directives: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = directives.get(name);
  if (value === undefined) return undefined;
  return /^\d+$/.test(value) ? Math.min(Number(value), longestSeconds) : 0;
}

export type CacheHeaders = {
  readonly cacheControl: string | undefined;
  readonly age: string | undefined;
};

/** What is configured for a subgraph or a type: used only where the answer says nothing. */
export type FreshnessDefaults = {
  /** For an answer with neither `max-age` nor `s-maxage`. Without it such an answer is not stored. */
  readonly maxAgeSeconds?: number | undefined;
  readonly staleWhileRevalidateSeconds?: number | undefined;
  readonly staleIfErrorSeconds?: number | undefined;
  /** Whose an answer is that calls itself neither public nor private. Default: everybody's. */
  readonly implicitScope?: Scope;
};

/** @returns `undefined` for an answer that must not be stored. */
export function parseFreshness(
  headers: CacheHeaders,
  defaults: FreshnessDefaults = {},
): Freshness | undefined {
  const directives = directivesOf(headers.cacheControl ?? "");
  // `no-cache` allows storing if every use is checked with the origin first; a GraphQL answer cannot
  // be checked without being fetched, so nothing is gained by storing it.
  if (directives.has("no-store") || directives.has("no-cache")) return undefined;
  // RFC 9111, 3.5: each of these allows a shared cache to store the answer to a signed-in client.
  const isExplicit = ["public", "s-maxage", "must-revalidate"].some((one) => directives.has(one));
  const implied = isExplicit ? Scope.Public : (defaults.implicitScope ?? Scope.Public);
  const scope = directives.has("private") ? Scope.Private : implied;
  const shared = scope === Scope.Public ? secondsOf(directives, "s-maxage") : undefined;
  const maxAge = shared ?? secondsOf(directives, "max-age") ?? defaults.maxAgeSeconds;
  if (maxAge === undefined) return undefined;
  // `s-maxage` alone also forbids stale answers (RFC 9111, 5.2.2.10); written beside an explicit
  // window it does not, or nobody could write both.
  const strict = directives.has("must-revalidate") || directives.has("proxy-revalidate");
  // What lives for no time at all is not kept for later by what is configured, only by its own word.
  const mayUseConfigured = maxAge > 0 && shared === undefined;
  const windowMs = (name: string, configured: number | undefined) => {
    if (strict) return 0;
    return (secondsOf(directives, name) ?? (mayUseConfigured ? configured : 0) ?? 0) * 1_000;
  };
  const age = headers.age?.trim() ?? "";
  const freshness: Freshness = {
    scope,
    maxAgeMs: maxAge * 1_000,
    ageMs: /^\d+$/.test(age) ? Math.min(Number(age), longestSeconds) * 1_000 : 0,
    staleWhileRevalidateMs: windowMs(
      "stale-while-revalidate",
      defaults.staleWhileRevalidateSeconds,
    ),
    staleIfErrorMs: windowMs("stale-if-error", defaults.staleIfErrorSeconds),
  };
  const longest = Math.max(freshness.staleWhileRevalidateMs, freshness.staleIfErrorMs);
  return freshness.maxAgeMs + longest > freshness.ageMs ? freshness : undefined;
}
