import { describe, expect, test } from "vitest";
import { differencesBetween, liesIn } from "./equivalence.ts";

const possible = (...paths: (string | number)[][]) =>
  new Set(paths.map((path) => JSON.stringify(path)));
const failed = (...path: (string | number)[]) => ({ path, extensions: { code: "FAILED" } });

describe("without failing subgraphs", () => {
  const data = { a: null, b: [{ c: 1 }] };

  test("equal data and equal errors differ in nothing", () => {
    const answer = { data, errors: [failed("a")] };
    expect(differencesBetween(answer, possible(["a"]), answer)).toEqual([]);
  });

  test("another value, another order of keys and a lost key are differences", () => {
    const expected = { data: { x: 1, y: 2 }, errors: [] };
    for (const other of [{ x: 1, y: 3 }, { y: 2, x: 1 }, { x: 1 }])
      expect(differencesBetween(expected, possible(), { data: other, errors: [] })).toHaveLength(1);
  });

  test("an error that is missing, told twice, or told with another code is a difference", () => {
    const expected = { data, errors: [failed("a")] };
    const otherCode = { path: ["a"], extensions: { code: "OTHER" } };
    for (const errors of [[], [failed("a"), failed("a")], [otherCode]])
      expect(differencesBetween(expected, possible(["a"]), { data, errors })).toHaveLength(1);
  });

  test("an error where nothing failed is a difference", () => {
    const given = { data, errors: [failed("b", 0, "c")] };
    expect(differencesBetween({ data, errors: [] }, possible(), given)).toHaveLength(1);
  });

  test("which of several errors made a null above them is free, but one of them must be told", () => {
    const nulled = { a: null };
    const expected = { data: nulled, errors: [failed("a", "x")] };
    const all = possible(["a", "x"], ["a", "y", "z"]);
    const given = (...errors: ReturnType<typeof failed>[]) =>
      differencesBetween(expected, all, { data: nulled, errors });
    expect(given(failed("a", "y", "z"))).toEqual([]);
    expect(given(failed("a", "x"), failed("a", "y", "z"))).toEqual([]);
    expect(given()).toHaveLength(1);
    expect(given(failed("a", "x"), failed("a", "y", "w", "v"))).toHaveLength(1);
  });

  test("fields that were lost with the one that failed may be told, those of other objects not", () => {
    const nulled = { a: null };
    const expected = { data: nulled, errors: [failed("a", "x", "y")] };
    const all = possible(["a", "x", "y"]);
    const given = (...path: string[]) =>
      differencesBetween(expected, all, {
        data: nulled,
        errors: [failed("a", "x", "y"), failed(...path)],
      });
    expect(given("a", "x", "beside")).toEqual([]);
    expect(given("a", "other", "field")).toHaveLength(1);
  });
});

describe("with failing subgraphs", () => {
  const expected = { data: { a: 1, list: [{ b: "x" }], none: null }, errors: [] };

  test("a null that an error at, above or below it explains is no lie", () => {
    const given = { a: null, list: null, none: null };
    const errors = [failed("a"), failed("list", 0, "b")];
    expect(liesIn(expected, { data: given, errors })).toEqual([]);
    expect(liesIn(expected, { data: null, errors: [failed("a")] })).toEqual([]);
  });

  test("a silent null, another value, another length and another field are lies", () => {
    for (const other of [
      { ...expected.data, a: null },
      { ...expected.data, a: 2 },
      { ...expected.data, a: "1" },
      { ...expected.data, list: [] },
      { ...expected.data, list: [{ c: "x" }] },
      { ...expected.data, none: {} },
    ])
      expect(liesIn(expected, { data: other, errors: [] })).toHaveLength(1);
  });
});
