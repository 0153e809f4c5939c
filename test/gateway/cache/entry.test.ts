import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeEntry, encodeEntry, type Entry } from "../../../gateway/cache/entry.ts";

const milliseconds = fc.nat(4_000_000_000);
const entry: fc.Arbitrary<Entry> = fc.record({
  value: fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.tuple(fc.string(), fc.nat(3_000)).map(([text, times]) => Buffer.from(text.repeat(times))),
  ),
  bornAtMs: fc.nat(4_000_000_000_000),
  scope: fc.constantFrom("public" as const, "private" as const),
  maxAgeMs: milliseconds,
  staleWhileRevalidateMs: milliseconds,
  staleIfErrorMs: milliseconds,
  computeMs: milliseconds,
  tags: fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 5 }),
  stamp: fc.record({ era: fc.string({ maxLength: 60 }), asOf: fc.maxSafeNat() }),
});

test("an entry comes back as it went", () => {
  fc.assert(
    fc.property(fc.string(), entry, (key, original) => {
      expect(decodeEntry(key, encodeEntry(key, original))).toEqual(original);
    }),
  );
});

test("a value that was damaged anywhere is a miss", () => {
  fc.assert(
    fc.property(entry, fc.nat(), fc.integer({ min: 1, max: 255 }), (original, at, change) => {
      const bytes = encodeEntry("key", original);
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ change;
      expect(decodeEntry("key", bytes)).toBeUndefined();
    }),
    { numRuns: 1_000 },
  );
});

test("a value that was cut, is foreign, or lies under another's key is a miss", () => {
  fc.assert(
    fc.property(entry, fc.nat(), (original, at) => {
      const bytes = encodeEntry("key", original);
      expect(decodeEntry("key", bytes.subarray(0, at % bytes.length))).toBeUndefined();
      expect(decodeEntry("other", bytes)).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(decodeEntry("key", Buffer.from(bytes))).toBeUndefined();
    }),
  );
});

test("a large value is stored smaller, and what cannot be made smaller is stored as it is", () => {
  const of = (value: Buffer): Entry => ({
    value,
    bornAtMs: 0,
    scope: "public",
    maxAgeMs: 1,
    staleWhileRevalidateMs: 0,
    staleIfErrorMs: 0,
    computeMs: 0,
    tags: [],
    stamp: { era: "", asOf: 0 },
  });
  const json = Buffer.from(
    JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, name: "Clinic" }))),
  );
  expect(encodeEntry("key", of(json)).length).toBeLessThan(json.length / 2);
  const noise = Buffer.from(
    Array.from({ length: 4_096 }, (_, index) => (index * 7_919 * index) % 251),
  );
  expect(decodeEntry("key", encodeEntry("key", of(noise)))?.value.equals(noise)).toBe(true);
});
