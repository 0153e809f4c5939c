/**
 * How long an answer may be used: the result of a `Cache-Control` and an `Age` header (RFC 9111,
 * RFC 5861), the merging of several into one answer's, and the jitter of lifetimes. Pure.
 */

export const Scope = { Public: "public", Private: "private" } as const;
export type Scope = (typeof Scope)[keyof typeof Scope];

/** An answer that may be stored. All times in milliseconds. `undefined` in its place: never store. */
export type Freshness = {
  readonly scope: Scope;
  /** Lifetime from the answer's birth, not from its arrival here. */
  readonly maxAgeMs: number;
  /** Its age when it arrived. */
  readonly ageMs: number;
  /** After the lifetime: how long it may be served while a new one is fetched. */
  readonly staleWhileRevalidateMs: number;
  /** After the lifetime: how long it may be served when no new one can be had. */
  readonly staleIfErrorMs: number;
};

/** What is left of a lifetime. Negative once it is over. */
export const remainingMs = ({ maxAgeMs, ageMs }: Freshness): number => maxAgeMs - ageMs;

/**
 * The freshness of an answer made of several: private if any is, living as long as the one that
 * ends first, stale no longer than the one that allows least, and as old as the oldest.
 * Nothing to merge, or one that must not be stored: `undefined`.
 */
export function mergeFreshness(parts: readonly (Freshness | undefined)[]): Freshness | undefined {
  let merged: Freshness | undefined;
  for (const part of parts) {
    if (!part) return undefined;
    merged = merged ? mergeTwo(merged, part) : part;
  }
  return merged;
}

function mergeTwo(one: Freshness, two: Freshness): Freshness {
  const ageMs = Math.max(one.ageMs, two.ageMs);
  const leftMs = Math.min(remainingMs(one), remainingMs(two));
  // Each window ends at its own moment; the merged one ends at the first of them.
  const endOf = (part: Freshness, windowMs: number) => remainingMs(part) + windowMs;
  const windowMs = (key: "staleWhileRevalidateMs" | "staleIfErrorMs") =>
    Math.max(0, Math.min(endOf(one, one[key]), endOf(two, two[key])) - leftMs);
  return {
    scope: one.scope === Scope.Private ? Scope.Private : two.scope,
    ageMs,
    maxAgeMs: leftMs + ageMs,
    staleWhileRevalidateMs: windowMs("staleWhileRevalidateMs"),
    staleIfErrorMs: windowMs("staleIfErrorMs"),
  };
}

/**
 * Shortens a lifetime by a random share, so that entries stored together do not end together. Never
 * lengthens one: the subgraph's word is the upper bound.
 * @param share 0 to 1: the largest part that may be taken off. 0.1 takes off up to a tenth.
 * @param random In [0, 1).
 */
export function withJitter(freshness: Freshness, share: number, random: () => number): Freshness {
  const left = remainingMs(freshness);
  if (left <= 0) return freshness;
  const takenMs = Math.floor(left * share * random());
  return { ...freshness, maxAgeMs: freshness.maxAgeMs - takenMs };
}

/** The `Cache-Control` of an answer with this freshness; ages count from the same birth as `Age`. */
export function toCacheControl(freshness: Freshness | undefined): string {
  if (!freshness || remainingMs(freshness) < 1_000) return "no-store";
  const seconds = (ms: number) => Math.floor(ms / 1_000);
  const { scope, maxAgeMs, staleWhileRevalidateMs, staleIfErrorMs } = freshness;
  return [
    `${scope}, max-age=${seconds(maxAgeMs)}`,
    ...(staleWhileRevalidateMs >= 1_000
      ? [`stale-while-revalidate=${seconds(staleWhileRevalidateMs)}`]
      : []),
    ...(staleIfErrorMs >= 1_000 ? [`stale-if-error=${seconds(staleIfErrorMs)}`] : []),
  ].join(", ");
}
