import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  normalizeText,
  readSearchText,
  searchTextOf,
} from "../../../subgraphs/services/text.rules.ts";

describe("a text in the form in which texts are compared", () => {
  test.each([
    ["case", "DEWA", "dewa"],
    ["accents", "Café", "cafe"],
    ["the seat of hamza", "إقامة أسرة آمنة", "اقامة اسرة امنة"],
    ["teh marbuta and heh", "إقامة", "اقامه"],
    ["alef maqsura and yeh", "مستشفى", "مستشفي"],
    ["hamza on waw and yeh", "مسؤول دائرة", "مسوول دايره"],
    ["vowel marks", "رُخْصَة", "رخصه"],
    ["tatweel", "دبـــي", "دبي"],
    ["alef wasla", "ٱلإسعاف", "الاسعاف"],
    ["ligatures", "ﻻ", "لا"],
    ["the Persian keyboard", "کهربای", "كهرباي"],
    ["Arabic-Indic digits", "١٢٣", "123"],
    ["Persian digits", "۴۵۶", "456"],
    ["direction marks", "\u2067دبي\u2069", "دبي"],
    ["spaces", "  pay \u00a0 bill\n", "pay bill"],
  ])("does not tell apart by %s", (_, one, other) => {
    expect(normalizeText(one)).toBe(normalizeText(other));
  });

  test("still tells different words apart", () => {
    expect(normalizeText("فاتورة")).not.toBe(normalizeText("فواتير"));
    expect(normalizeText("bill")).not.toBe(normalizeText("bull"));
  });

  test("stays the same when it is normalised again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = normalizeText(text);
        expect(normalizeText(once)).toBe(once);
      }),
    );
  });

  test("never matches from the end of one text into the next", () => {
    expect(searchTextOf(["pay", "bill"])).not.toContain(normalizeText("pay bill"));
  });
});

describe("a search text from a client", () => {
  test.each([null, undefined, "", "  \u200f ", "ـــ"])("says nothing when it is %j", (text) => {
    expect(readSearchText(text)).toBeUndefined();
  });

  test("is refused when it is over a hundred characters long", () => {
    expect(readSearchText("x".repeat(100))).toHaveLength(100);
    expect(() => readSearchText("x".repeat(101))).toThrow(
      "`text` must have at most 100 characters, not 101.",
    );
  });
});
