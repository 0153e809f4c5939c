import fc from "fast-check";
import { expect, test } from "vitest";
import { cacheKey, createPrivatePart } from "../../../gateway/cache/key.ts";

// Parts that try to look like the separators, and lone surrogates, which UTF-8 cannot tell apart.
const part = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ unit: fc.constantFrom("0", "1", "2", ":", ";", "a"), maxLength: 8 }),
  fc.constantFrom("\ud800", "\ud801", "\ufffd"),
);
const parts = fc.array(part, { maxLength: 5 });

test("two lists of parts have the same key only when they are equal", () => {
  fc.assert(
    fc.property(parts, parts, (one, two) => {
      const same = one.length === two.length && one.every((text, index) => text === two[index]);
      expect(cacheKey("entity", one) === cacheKey("entity", two)).toBe(same);
    }),
    { numRuns: 2_000 },
  );
});

test("parts cannot be moved over the border between two", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(), (text, at) => {
      const cut = (at % text.length) + 1;
      const split = [text.slice(0, cut), text.slice(cut)];
      expect(cacheKey("entity", split)).not.toBe(
        cacheKey("entity", [text, ""].slice(0, cut === text.length ? 1 : 2)),
      );
    }),
  );
});

test("the kind is part of the key, and legible", () => {
  expect(cacheKey("root", ["a"])).toMatch(/^root:[\w-]{43}$/);
  expect(cacheKey("root", ["a"]).slice(5)).not.toBe(cacheKey("entity", ["a"]).slice(7));
});

test("a private part depends on the secret and on every part of the principal", () => {
  const hash = createPrivatePart("s".repeat(32));
  expect(hash(["ab", "c"])).toBe(createPrivatePart("s".repeat(32))(["ab", "c"]));
  expect(hash(["ab", "c"])).not.toBe(hash(["a", "bc"]));
  expect(hash(["ab", "c"])).not.toBe(createPrivatePart("t".repeat(32))(["ab", "c"]));
  expect(hash(["784-1990-1234567-1"])).not.toContain("784");
});

test("a short secret is refused", () => {
  expect(() => createPrivatePart("short")).toThrow("fewer than 32 bytes");
});
