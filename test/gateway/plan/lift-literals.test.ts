import { buildSchema, parse, print } from "graphql";
import { describe, expect, test } from "vitest";
import { liftLiterals } from "../../../gateway/plan/lift-literals.ts";

const schema = buildSchema(`
  scalar Long
  enum Kind { A B }
  input Filter { kind: Kind = B text: String ids: [ID!] inner: Filter }
  type Query { a(id: ID, n: Int, filter: Filter, long: Long, float: Float, list: [Int!]! = [1]): Int b: Query }
`);
const lift = (query: string) => {
  const { document, values } = liftLiterals(parse(query), schema);
  return {
    text: print(document).replaceAll(/\s+/g, " ").trim(),
    values: JSON.parse(JSON.stringify(values)),
  };
};

describe("values written into a document", () => {
  test("become variables of their argument's type, so that different values have one text", () => {
    const one = lift('{ a(id: "x", n: 1) }');
    expect(one).toEqual({
      text: "query ($value0: ID, $value1: Int) { a(id: $value0, n: $value1) }",
      values: { value0: "x", value1: 1 },
    });
    expect(lift("{ a(id: 7, n: -2) }")).toEqual({
      text: one.text,
      values: { value0: "7", value1: -2 },
    });
  });

  test("of one type that are equal are one variable, so that equal fields stay equal", () => {
    expect(lift("{ a(n: 1) b { a(n: 1) } a(n: 1) }").text).toBe(
      "query ($value0: Int) { a(n: $value0) b { a(n: $value0) } a(n: $value0) }",
    );
  });

  test("may be objects, enums and lists", () => {
    expect(
      lift('{ a(filter: { kind: A, ids: ["1", 2], inner: { text: "t" } }, list: 3) }'),
    ).toEqual({
      text: "query ($value0: Filter, $value1: [Int!]!) { a(filter: $value0, list: $value1) }",
      values: {
        value0: { kind: "A", ids: ["1", "2"], inner: { kind: "B", text: "t" } },
        value1: [3],
      },
    });
  });

  test("stay where JSON would change them, where they hold a client's variable, and in directives", () => {
    for (const query of [
      "{ a(long: 9007199254740993) }",
      "{ a(long: 0.12345678901234567890) }",
      "{ a(id: null) }",
      "query ($t: String) { a(filter: {text: $t, kind: A}) }",
      "{ a @skip(if: true) }",
    ])
      expect(lift(query)).toEqual({ text: query, values: {} });
  });

  test("never take the name of a client's variable", () => {
    expect(lift("query ($value0: Int) { a(n: $value0) b { a(n: 2) } }").text).toBe(
      "query ($value0: Int, $_value0: Int) { a(n: $value0) b { a(n: $_value0) } }",
    );
  });

  test("in fragments are variables of every operation of the document", () => {
    expect(lift("query A { ...F } query B { ...F } fragment F on Query { a(n: 1) }").text).toBe(
      "query A($value0: Int) { ...F } query B($value0: Int) { ...F } fragment F on Query { a(n: $value0) }",
    );
  });
});
