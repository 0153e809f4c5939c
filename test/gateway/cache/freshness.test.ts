import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFreshness } from "../../../gateway/cache/cache-control.ts";
import {
  type Freshness,
  mergeFreshness,
  remainingMs,
  toCacheControl,
  withJitter,
} from "../../../gateway/cache/freshness.ts";

const parse = (cacheControl: string | undefined, age?: string) =>
  parseFreshness({ cacheControl, age });

describe("Cache-Control", () => {
  test.each([
    ["max-age=60", "public", 60, 0, 0],
    ["public, MAX-AGE=60", "public", 60, 0, 0],
    ["max-age=60, s-maxage=10", "public", 10, 0, 0],
    ["private, max-age=60, s-maxage=10", "private", 60, 0, 0],
    ['private="set-cookie", max-age=5', "private", 5, 0, 0],
    ["max-age=60, stale-while-revalidate=30, stale-if-error=600", "public", 60, 30, 600],
    ["max-age=60, stale-if-error=600, must-revalidate", "public", 60, 0, 0],
    ["max-age=60, stale-if-error=600, proxy-revalidate", "public", 60, 0, 0],
    ["s-maxage=60, stale-if-error=600", "public", 60, 0, 600],
    ['max-age="60"', "public", 60, 0, 0],
    ["max-age=60, max-age=600", "public", 60, 0, 0],
    ["max-age=60, immutable, made-up=7, other", "public", 60, 0, 0],
    ['extension="a, no-store, b", max-age=60', "public", 60, 0, 0],
    ["max-age=99999999999", "public", 2 ** 31, 0, 0],
    ["max-age=0, stale-while-revalidate=9", "public", 0, 9, 0],
    ["max-age=soon, stale-if-error=9", "public", 0, 0, 9],
  ])("%s", (header, scope, maxAge, revalidate, ifError) => {
    expect(parse(header)).toEqual({
      scope,
      ageMs: 0,
      maxAgeMs: maxAge * 1_000,
      staleWhileRevalidateMs: revalidate * 1_000,
      staleIfErrorMs: ifError * 1_000,
    });
  });

  test.each([
    undefined,
    "",
    "public",
    "private",
    "max-age=60, no-store",
    "max-age=60, no-cache",
    'max-age=60, no-cache="x"',
    "max-age=0",
    "max-age=-5",
    "max-age=1.5",
    "max-age=",
    "max-age",
  ])("%s stores nothing", (header) => {
    expect(parse(header)).toBeUndefined();
  });

  test("the age on arrival is taken off, and an answer that is over is not stored", () => {
    expect(remainingMs(parse("max-age=60", "45") as Freshness)).toBe(15_000);
    expect(parse("max-age=60", "60")).toBeUndefined();
    expect(parse("max-age=60", "nonsense")).toMatchObject({ ageMs: 0 });
    expect(parse("max-age=60, stale-if-error=10", "65")).toMatchObject({ ageMs: 65_000 });
  });

  test("what is configured counts only where the answer says nothing", () => {
    const defaults = { maxAgeSeconds: 7, staleIfErrorSeconds: 70 };
    const parsed = (cacheControl: string | undefined) =>
      parseFreshness({ cacheControl, age: undefined }, defaults);
    expect(parsed(undefined)).toMatchObject({ maxAgeMs: 7_000, staleIfErrorMs: 70_000 });
    expect(parsed("max-age=1")).toMatchObject({ maxAgeMs: 1_000, staleIfErrorMs: 70_000 });
    expect(parsed("max-age=1, stale-if-error=0")).toMatchObject({ staleIfErrorMs: 0 });
    expect(parsed("s-maxage=1")).toMatchObject({ staleIfErrorMs: 0 });
    expect(parsed("no-store")).toBeUndefined();
    expect(parsed("private")).toMatchObject({ scope: "private", maxAgeMs: 7_000 });
  });

  test("no header whatever makes it throw", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom(...'max-age=private,"\\ 09;'.split("")) }),
        ),
        fc.option(fc.string(), { nil: undefined }),
        (cacheControl, age) => {
          const freshness = parseFreshness({ cacheControl, age });
          expect(freshness?.ageMs ?? 0).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

const freshness = fc.record({
  scope: fc.constantFrom("public" as const, "private" as const),
  maxAgeMs: fc.nat(100_000),
  ageMs: fc.nat(100_000),
  staleWhileRevalidateMs: fc.nat(100_000),
  staleIfErrorMs: fc.nat(100_000),
});

describe("merged freshness", () => {
  const endOf = (one: Freshness) => Math.max(0, remainingMs(one) + one.staleIfErrorMs);

  test("allows nothing that one of its parts forbids, and nothing less than all allow", () => {
    fc.assert(
      fc.property(fc.array(freshness, { minLength: 1 }), (parts) => {
        const merged = mergeFreshness(parts) as Freshness;
        expect(remainingMs(merged)).toBe(Math.min(...parts.map(remainingMs)));
        expect(merged.ageMs).toBe(Math.max(...parts.map(({ ageMs }) => ageMs)));
        expect(merged.scope === "private").toBe(parts.some(({ scope }) => scope === "private"));
        expect(endOf(merged)).toBe(Math.min(...parts.map(endOf)));
      }),
    );
  });

  test("does not depend on the order", () => {
    fc.assert(
      fc.property(freshness, freshness, freshness, (a, b, c) => {
        expect(mergeFreshness([a, b, c])).toEqual(mergeFreshness([c, a, b]));
      }),
    );
  });

  test("one that must not be stored decides; nothing gives nothing", () => {
    expect(mergeFreshness([parse("max-age=1"), undefined])).toBeUndefined();
    expect(mergeFreshness([])).toBeUndefined();
  });

  test("is written as a header that says the same when it is read", () => {
    fc.assert(
      fc.property(freshness, (one) => {
        const read = parse(toCacheControl(one), `${Math.ceil(one.ageMs / 1_000)}`);
        fc.pre(read !== undefined);
        expect(remainingMs(read)).toBeLessThanOrEqual(remainingMs(one));
        expect(read.scope).toBe(one.scope);
      }),
    );
  });
});

test("jitter only ever shortens, by the given share at most", () => {
  fc.assert(
    fc.property(freshness, fc.double({ min: 0, max: 0.999, noNaN: true }), (one, random) => {
      const jittered = withJitter(one, 0.1, () => random);
      expect(remainingMs(jittered)).toBeLessThanOrEqual(remainingMs(one));
      const isFresh = remainingMs(one) > 0;
      const least = isFresh ? remainingMs(one) * 0.9 - 1 : Number.NEGATIVE_INFINITY;
      expect(remainingMs(jittered)).toBeGreaterThanOrEqual(least);
      expect(remainingMs(jittered) > 0).toBe(isFresh);
    }),
  );
});
