/**
 * A cache entry, and its form in Redis: magic, checksum, a fixed head, the tags, the value. The
 * checksum covers the key as well, so that a value under another's key is as good as damaged. What
 * is damaged, foreign or of another version decodes to nothing, which is a miss.
 */
import { crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Stamp } from "./invalidation-book.ts";
import { type Freshness, remainingMs, Scope } from "./freshness.ts";

export type Entry = {
  readonly value: Buffer;
  /** Wall-clock milliseconds at which the origin made it: arrival minus `Age`. */
  readonly bornAtMs: number;
  readonly scope: Scope;
  readonly maxAgeMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly tags: readonly string[];
  /** How long the load took: early refresh starts the sooner the longer it takes. */
  readonly computeMs: number;
  /** The invalidations that were known before the load began. */
  readonly stamp: Stamp;
};

export function entryOf(
  value: Buffer,
  freshness: Freshness,
  tags: readonly string[],
  computeMs: number,
  stamp: Stamp,
  nowMs: number,
): Entry {
  const { scope, maxAgeMs, ageMs, staleWhileRevalidateMs, staleIfErrorMs } = freshness;
  return {
    value,
    bornAtMs: nowMs - ageMs,
    scope,
    maxAgeMs,
    staleWhileRevalidateMs,
    staleIfErrorMs,
    tags,
    computeMs,
    stamp,
  };
}

/** The freshness that an answer made of this entry has now. */
export function freshnessOf(entry: Entry, nowMs: number): Freshness {
  const { scope, maxAgeMs, staleWhileRevalidateMs, staleIfErrorMs } = entry;
  const ageMs = Math.max(0, nowMs - entry.bornAtMs);
  return { scope, maxAgeMs, ageMs, staleWhileRevalidateMs, staleIfErrorMs };
}

/** Milliseconds until nobody may use it for anything any more. */
export function keepMs(entry: Entry, nowMs: number): number {
  const stale = Math.max(entry.staleWhileRevalidateMs, entry.staleIfErrorMs);
  return remainingMs(freshnessOf(entry, nowMs)) + stale;
}

const magic = 0x63_67_65_01; // "cge", version 1
/** Magic 4, checksum 4, flags 1, birth 8, four durations of 4, the stamp's number 8. */
const headBytes = 4 + 4 + 1 + 8 + 4 * 4 + 8;
/** Below this size compression gains less than it costs. */
const compressFromBytes = 1_024;
const longestMs = 2 ** 32 - 1;
const Flag = { Private: 1, Compressed: 2 } as const;

const checksumOf = (key: string, bytes: Buffer): number => crc32(bytes.subarray(8), crc32(key));

export function encodeEntry(key: string, entry: Entry): Buffer {
  const { stamp, tags } = entry;
  const packed = entry.value.length < compressFromBytes ? undefined : zstdCompressSync(entry.value);
  const smaller = packed && packed.length < entry.value.length ? packed : undefined;
  const value = smaller ?? entry.value;
  const texts = [stamp.era, ...tags].map((text) => Buffer.from(text));
  const textBytes = texts.reduce((sum, text) => sum + 2 + text.length, 2);
  const bytes = Buffer.allocUnsafe(headBytes + textBytes + value.length);
  const ms = (duration: number) => Math.min(longestMs, Math.max(0, Math.round(duration)));
  bytes.writeUInt32BE(magic, 0);
  const isPrivate = entry.scope === Scope.Private;
  bytes.writeUInt8((isPrivate ? Flag.Private : 0) | (smaller ? Flag.Compressed : 0), 8);
  bytes.writeDoubleBE(entry.bornAtMs, 9);
  bytes.writeUInt32BE(ms(entry.maxAgeMs), 17);
  bytes.writeUInt32BE(ms(entry.staleWhileRevalidateMs), 21);
  bytes.writeUInt32BE(ms(entry.staleIfErrorMs), 25);
  bytes.writeUInt32BE(ms(entry.computeMs), 29);
  bytes.writeDoubleBE(stamp.asOf, 33);
  let at = bytes.writeUInt16BE(texts.length, headBytes);
  for (const text of texts) {
    at = bytes.writeUInt16BE(text.length, at);
    at += text.copy(bytes, at);
  }
  value.copy(bytes, at);
  bytes.writeUInt32BE(checksumOf(key, bytes), 4);
  return bytes;
}

/** @returns `undefined` for everything that `encodeEntry` did not write for this very key. */
export function decodeEntry(key: string, bytes: Buffer): Entry | undefined {
  if (bytes.length < headBytes + 2 || bytes.readUInt32BE(0) !== magic) return undefined;
  // After the checksum the lengths inside can be trusted: nothing below reads past the end.
  if (bytes.readUInt32BE(4) !== checksumOf(key, bytes)) return undefined;
  const flags = bytes.readUInt8(8);
  let at = headBytes + 2;
  const texts = Array.from({ length: bytes.readUInt16BE(headBytes) }, () => {
    const start = at + 2;
    at = start + bytes.readUInt16BE(at);
    return bytes.toString("utf8", start, at);
  });
  const [era = "", ...tags] = texts;
  const stored = bytes.subarray(at);
  return {
    value: flags & Flag.Compressed ? zstdDecompressSync(stored) : stored,
    bornAtMs: bytes.readDoubleBE(9),
    scope: flags & Flag.Private ? Scope.Private : Scope.Public,
    maxAgeMs: bytes.readUInt32BE(17),
    staleWhileRevalidateMs: bytes.readUInt32BE(21),
    staleIfErrorMs: bytes.readUInt32BE(25),
    tags,
    computeMs: bytes.readUInt32BE(29),
    stamp: { era, asOf: bytes.readDoubleBE(33) },
  };
}
