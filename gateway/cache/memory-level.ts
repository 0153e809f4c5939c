/**
 * The level in this process: least recently used entries go first when the bytes are used up. What
 * it holds is believed only as far as the book of invalidations allows (invalidation-book.ts).
 */
import { LRUCache } from "lru-cache";
import { type Entry, keepMs } from "./entry.ts";

export type MemoryLevelOptions = {
  /** Bound on all entries together, in bytes. Default 64 MiB. */
  readonly maxBytes?: number;
};

export type MemoryLevel = {
  readonly get: (key: string) => Entry | undefined;
  readonly set: (key: string, entry: Entry, nowMs: number) => void;
  readonly delete: (key: string) => void;
  readonly clear: () => void;
  readonly usage: () => { readonly entries: number; readonly bytes: number };
};

/** What the entry's object, its map slot and its Buffer cost beside their contents; measured. */
const overheadBytes = 500;

function bytesOf(key: string, entry: Entry): number {
  const tags = entry.tags.reduce((sum, tag) => sum + tag.length + 24, 0);
  return overheadBytes + key.length + tags + entry.value.length;
}

/** A Buffer that is a view would keep alive the whole answer, or Node's shared pool, it was cut from. */
function alone(value: Buffer): Buffer {
  if (value.length === value.buffer.byteLength) return value;
  const own = Buffer.allocUnsafeSlow(value.length);
  value.copy(own);
  return own;
}

export function createMemoryLevel(options: MemoryLevelOptions = {}): MemoryLevel {
  const { maxBytes = 64 * 1024 * 1024 } = options;
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: (entry, key) => bytesOf(key, entry),
  });
  return {
    get: (key) => entries.get(key),
    set(key, entry, nowMs) {
      if (keepMs(entry, nowMs) <= 0) return;
      entries.set(key, { ...entry, value: alone(entry.value) });
    },
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    usage: () => ({ entries: entries.size, bytes: entries.calculatedSize }),
  };
}
