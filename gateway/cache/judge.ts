/**
 * What may be done with an entry at a moment, by its age alone (invalidation is the book's matter).
 * Early refresh follows "Optimal Probabilistic Cache Stampede Prevention" (Vattani, Chierichetti,
 * Lowenstein, VLDB 2015): the nearer the end and the longer a load takes, the likelier a reader
 * fetches anew while the old entry still serves. So popular entries never reach their end. Pure.
 */
import type { Entry } from "./entry.ts";

export const Use = {
  /** Within its lifetime. */
  Fresh: "fresh",
  /** Within its lifetime, and this reader has been chosen to fetch a new one in the background. */
  Early: "early",
  /** After its lifetime: may be served while a new one is fetched in the background. */
  Revalidate: "revalidate",
  /** May be served only if no new one can be had. */
  IfError: "if-error",
  Over: "over",
} as const;
export type Use = (typeof Use)[keyof typeof Use];

/** @param random In [0, 1). */
export function judge(entry: Entry, nowMs: number, random: () => number): Use {
  const { bornAtMs, maxAgeMs, computeMs, staleWhileRevalidateMs, staleIfErrorMs } = entry;
  // A birth in the future comes from another machine's clock: not older than new.
  const leftMs = maxAgeMs - Math.max(0, nowMs - bornAtMs);
  if (leftMs > 0) {
    return leftMs + computeMs * Math.log(1 - random()) > 0 ? Use.Fresh : Use.Early;
  }
  if (-leftMs < staleWhileRevalidateMs) return Use.Revalidate;
  return -leftMs < staleIfErrorMs ? Use.IfError : Use.Over;
}
