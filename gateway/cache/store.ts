/**
 * Where the gateway keeps what may be lost: one contract, two kinds. In-process memory bounded in
 * bytes, or Redis, which all processes share. A store that fails is a store that has nothing: a
 * read then misses and a write is dropped, and no request fails for it.
 */
export type Store = {
  /** For the table that `npm start` prints and for /ready. */
  readonly kind: "memory" | "redis";
  readonly get: (key: string) => Promise<string | undefined>;
  /** @param ttlSeconds Whole seconds, at least 1. */
  readonly set: (key: string, value: string, ttlSeconds: number) => Promise<void>;
  readonly delete: (key: string) => Promise<void>;
  readonly close: () => Promise<void>;
};
