/** What callers of the entry cache give and get. */
import type { Freshness, Scope } from "./freshness.ts";

/** For metrics: where the value comes from. */
export type CacheLabels = { readonly subgraph: string; readonly type: string };

export type CacheItem = {
  readonly key: string;
  /** "private": the key contains the principal. An answer marked private is never stored under another. */
  readonly scope: Scope;
  readonly labels: CacheLabels;
};

/** What a load gives for one item. */
export type Loaded =
  | {
      readonly kind: "value";
      readonly value: Buffer;
      /** `undefined`: belongs to this caller alone; neither stored nor given to anybody who waits. */
      readonly freshness: Freshness | undefined;
      readonly tags: readonly string[];
    }
  /** The origin failed; all who wait learn it, unless an older entry may be served instead. */
  | { readonly kind: "failure"; readonly error: unknown }
  /** The caller itself ended (deadline, hang-up): says nothing about the origin; others load anew. */
  | { readonly kind: "cancelled"; readonly error: unknown };

export const LoadReason = {
  Miss: "miss",
  /** In the background, for later readers: must not depend on the request that happened to start it. */
  Refresh: "refresh",
} as const;
export type LoadReason = (typeof LoadReason)[keyof typeof LoadReason];

/** Loads all items at once; answers in their order. A thrown error counts as a failure of each. */
export type Load<Item extends CacheItem> = (
  items: readonly Item[],
  reason: LoadReason,
) => Promise<readonly Loaded[]>;

export const CacheStatus = {
  Hit: "hit",
  /** After its lifetime, as the origin allowed. */
  Stale: "stale",
  Miss: "miss",
  /** Neither looked up nor shared; `note` tells why. */
  Bypass: "bypass",
} as const;
export type CacheStatus = (typeof CacheStatus)[keyof typeof CacheStatus];

/** Where a value was found. "joined": another reader's load of the same key. */
export type CacheSource = "memory" | "redis" | "origin" | "joined";

export type CacheAnswer =
  | {
      readonly kind: "value";
      readonly value: Buffer;
      readonly status: CacheStatus;
      readonly source: CacheSource;
      /** Of this answer now; `undefined`: it must not be stored. */
      readonly freshness: Freshness | undefined;
      readonly tags: readonly string[];
      /** For developers: why it is stale or was not cached. */
      readonly note?: string;
    }
  | {
      readonly kind: "failure";
      readonly error: unknown;
      readonly status: typeof CacheStatus.Miss | typeof CacheStatus.Bypass;
    };

/** What the caller's own `Cache-Control` allows. Default: both. */
export type CacheUse = {
  /** False for `no-cache`: the value is loaded, whatever is stored. */
  readonly read?: boolean;
  /** False for `no-store`: nothing is stored for this call. */
  readonly write?: boolean;
};

/** Told of everything that happens; must not throw. */
export type CacheObserver = {
  readonly answered?: (labels: CacheLabels, status: CacheStatus, source: CacheSource) => void;
  readonly loaded?: (
    labels: CacheLabels,
    reason: LoadReason,
    ok: boolean,
    durationMs: number,
  ) => void;
};
