import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describePosition, findJsonError } from "../../../gateway/http/json-error.ts";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const jsonText = fc
  .tuple(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"))
  .map(([value, space]) => JSON.stringify(value, undefined, space));

describe("the place where a text stops being JSON", () => {
  it("is found in every text that JSON.parse refuses, and in no other", () => {
    const marks = ["{", "}", "[", "]", ":", ",", '"', "\\", " ", "\n", "\u0001", "\u00a0"];
    const tokens = [
      "0",
      "01",
      "-",
      "1e",
      "1.5",
      "null",
      "nul",
      '"a"',
      '"\\u00',
      "truee",
      "\\n",
      "é",
    ];
    const piece = fc.constantFrom(...marks, ...tokens);
    const soup = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    const damaged = fc
      .tuple(jsonText, fc.nat(), piece, fc.nat({ max: 2 }))
      .map(([text, at, insert, cut]) => {
        const index = at % (text.length + 1);
        return text.slice(0, index) + insert + text.slice(index + cut);
      });
    fc.assert(
      fc.property(fc.oneof(jsonText, soup, damaged), (text) => {
        expect(findJsonError(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("comes after a beginning that some JSON text has", () => {
    // What is left out of a JSON text's end is missing exactly there, or inside the last token.
    fc.assert(
      fc.property(jsonText, fc.nat(), (text, at) => {
        const prefix = text.slice(0, at % text.length);
        const offset = findJsonError(prefix);
        if (isJson(prefix)) return;
        expect(prefix.slice(offset)).toMatch(/^("[^]*|[a-z]+|-?[\d.eE+-]*)?$/);
      }),
    );
  });

  it.each([
    ["", 0],
    ['{"query": oops}', 10],
    ['{"query" "a"}', 9],
    ['{"query": "a",}', 14],
    ['{"a": [1, 2}', 11],
    ['{"a": 1} x', 9],
    ['{"a": "unfinished', 6],
    ["[1, 02]", 4],
    ["{'a': 1}", 1],
    ['{"a": "line\nbreak"}', 6],
  ])("in %j is offset %i", (text, offset) => {
    expect(findJsonError(text)).toBe(offset);
  });

  it("is told by line and column", () => {
    const text = '{\n  "query": oops\n}';
    expect(describePosition(text, findJsonError(text) ?? 0)).toBe("line 2, column 12");
  });

  it("is found in a megabyte of open brackets or of one open string", () => {
    expect(findJsonError("[".repeat(1_000_000))).toBe(1_000_000);
    expect(findJsonError(`"${"\\n".repeat(500_000)}`)).toBe(0);
  });
});
