import { parse, print, visit, type FieldNode } from "graphql";
import { expect, it } from "vitest";
import { inlineFragments } from "../../../gateway/operation/inline-fragments.ts";

const inlined = (source: string): string =>
  print(inlineFragments(parse(source))).replace(/\s+/g, " ");

it("writes fragments out where they are spread, with the directives of the spread", () => {
  expect(
    inlined(`query A($x: Boolean!) { ...F @include(if: $x) b { ...G } }
      fragment F on Q { a ...G } fragment G on R { c }`),
  ).toBe(
    "query A($x: Boolean!) { ... on Q @include(if: $x) { a ... on R { c } } b { ... on R { c } } }",
  );
});

it("keeps every operation", () => {
  expect(inlined("query A { ...F } query B { ...F } fragment F on Q { a }")).toBe(
    "query A { ... on Q { a } } query B { ... on Q { a } }",
  );
});

it("gives every place a FieldNode of its own", () => {
  const document = inlineFragments(
    parse("{ ...F b { ...F } } fragment F on Q { a { c } ... { d } }"),
  );
  const seen: FieldNode[] = [];
  visit(document, {
    Field(node) {
      seen.push(node);
    },
  });
  expect(seen).toHaveLength(7);
  expect(new Set(seen).size).toBe(7);
});

it("gives back a document without fragments as it is", () => {
  const document = parse("{ a ... on Q { b } }");
  expect(inlineFragments(document)).toBe(document);
});

it("refuses what validation should have refused, instead of running for ever", () => {
  expect(() => inlined("{ ...A } fragment A on Q { b { ...A } }")).toThrow('"A" spreads itself');
  expect(() => inlined("{ ...B } fragment A on Q { b }")).toThrow('Unknown fragment "B"');
});
