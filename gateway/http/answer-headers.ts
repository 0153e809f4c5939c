/**
 * What an answer says about its own use: `Cache-Control` and `Age` (RFC 9111), a strong `ETag` for GET
 * (RFC 9110 section 8.8.3), and `Cache-Status` (RFC 9211) which tells where it came from.
 */
import { type Freshness, remainingMs, toCacheControl } from "../cache/freshness.ts";
import type { CacheStatus } from "../cache/cache-types.ts";

export type AnswerCaching = {
  /** Undefined: nobody may store it. */
  readonly freshness: Freshness | undefined;
  /** Names the body's bytes; undefined when nobody has computed it yet. */
  readonly etag?: string;
  /** Of the whole answer; undefined when it was not looked up. */
  readonly status?: CacheStatus;
  /** Some of it is older than it should be, because a subgraph does not answer. */
  readonly isStale?: boolean;
};

export const noStore = { "cache-control": "no-store" } as const;

const seconds = (ms: number): number => Math.floor(ms / 1_000);

function statusText({ status, freshness, isStale }: AnswerCaching): string {
  if (status === "hit" || status === "stale")
    return `city-graph; hit; ttl=${freshness ? seconds(remainingMs(freshness)) : 0}`;
  return isStale ? 'city-graph; hit; ttl=-1; detail="stale-if-error"' : "city-graph; fwd=miss";
}

export function cachingHeaders(
  caching: AnswerCaching | undefined,
): Readonly<Record<string, string>> {
  if (!caching) return noStore;
  const { freshness, isStale = false } = caching;
  const cacheControl = isStale ? noStore["cache-control"] : toCacheControl(freshness);
  const isKnown = caching.status !== undefined || isStale;
  return {
    "cache-control": cacheControl,
    ...(freshness && cacheControl !== "no-store" ? { age: String(seconds(freshness.ageMs)) } : {}),
    ...(isKnown ? { "cache-status": statusText(caching) } : {}),
  };
}

/** Whether `If-None-Match` names this body in any coding (RFC 9110 section 13.1.2). */
export function isMatch(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((one) => {
    const quoted = /^\s*(?:W\/)?"([^"]*)"\s*$/.exec(one)?.[1];
    return quoted === etag || quoted?.startsWith(`${etag}-`);
  });
}

/** Bytes in another coding have another tag. */
export const etagHeader = (etag: string, coding: string | undefined): string =>
  coding === undefined ? `"${etag}"` : `"${etag}-${coding}"`;
