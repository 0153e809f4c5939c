/** The in-process store: least recently used entries go first when the bytes are used up. */
import { LRUCache } from "lru-cache";
import type { Store } from "./store.ts";

export type MemoryStoreOptions = {
  /** Bound on keys and values together, in bytes. Default 32 MiB. */
  readonly maxBytes?: number;
};

export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const { maxBytes = 32 * 1024 * 1024 } = options;
  const entries = new LRUCache<string, string>({
    maxSize: maxBytes,
    sizeCalculation: (value, key) => Math.max(1, Buffer.byteLength(value) + Buffer.byteLength(key)),
  });
  return {
    kind: "memory",
    get: async (key) => entries.get(key),
    async set(key, value, ttlSeconds) {
      entries.set(key, value, { ttl: ttlSeconds * 1_000 });
    },
    async delete(key) {
      entries.delete(key);
    },
    async close() {
      entries.clear();
    },
  };
}
