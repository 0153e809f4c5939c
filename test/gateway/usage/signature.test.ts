import fc from "fast-check";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { signatureOf } from "../../../gateway/usage/signature.ts";

const schema = buildSchema(`
  directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  scalar Anything
  enum Kind { FINE BILL }
  input Filter { plate: String! years: [Int!] kind: Kind any: Anything share: Float }
  interface Owner { id: ID! }
  type Person implements Owner { id: ID! name: String friend: Person }
  type Query {
    person(id: ID!): Person
    owners(filter: Filter, first: Int = 3, ids: [ID]): [Owner]
  }
`);
const sign = (text: string, name?: string) => signatureOf(parse(text), name, schema);

describe("an operation's signature", () => {
  it("has none of the values that were written into the text", () => {
    const { text } = sign(`{
      person(id: "784-1990-1234567-1") { id }
      owners(filter: { plate: "A 12345", years: [2024], share: 0.5, any: { secret: "s3cret", n: [7331] } }) { id }
    }`);
    expect(text).not.toMatch(/784|12345|2024|0\.5|s3cret|7331/);
    expect(text).toMatch(/plate: \$value/);
  });

  it("is the same for operations that differ in such values alone", () => {
    const one = sign('query Who { person(id: "1") { name } }');
    expect(sign('query Who { person(id: "2") { name } }')).toEqual(one);
    expect(sign("query Who { person(id: 3) {\n name # who\n } }")).toEqual(one);
    expect(sign('query Who { person(id: "1") { id } }').operation).not.toBe(one.operation);
  });

  it("keeps enum values, booleans and nulls, since a change of the schema may take them away", () => {
    const { text } = sign('{ owners(filter: { plate: "A", kind: FINE }, ids: null) { id } }');
    expect(text).toMatch(/kind: FINE/);
    expect(text).toMatch(/ids: null/);
  });

  it("is the same whether parts are deferred or not", () => {
    const parts = sign('{ person(id: 1) { id ... @defer(label: "friend") { name } } }');
    expect(parts.operation).toBe(sign("{ person(id: 1) { id ... { name } } }").operation);
  });

  it("is of the operation that was asked, with the fragments that it uses", () => {
    const text = `
      query A { person(id: 1) { ...Name } } query B { person(id: 1) { friend { id } } }
      fragment Name on Person { name }`;
    expect(sign(text, "A").text).toMatch(/fragment Name/);
    expect(sign(text, "A").fields).toEqual(["Query.person", "Person.name"]);
    expect(sign(text, "B").text).not.toMatch(/fragment|query A/);
    expect(sign(text, "B").fields).toEqual(["Query.person", "Person.friend", "Person.id"]);
  });

  it("names fields by the type at which they were asked, and leaves introspection out", () => {
    const { fields } = sign(
      "{ __schema { types { name } } owners { __typename id ... on Person { id name } } }",
    );
    expect(fields).toEqual(["Query.owners", "Owner.id", "Person.id", "Person.name"]);
  });

  it("does not take a variable of the client's for one of its own", () => {
    const { text } = sign(
      "query Q($value0: ID!) { a: person(id: $value0) { id } b: person(id: 1) { id } }",
    );
    expect(validate(schema, parse(text))).toEqual([]);
    expect(text).toMatch(/a: person\(id: \$value0\)/);
    expect(text).toMatch(/b: person\(id: \$_value0\)/);
  });

  it("is valid whenever the operation is", () => {
    const quoted = fc.string().map((text) => JSON.stringify(text));
    const value = fc.oneof(fc.integer().map(String), quoted, fc.constant("null"));
    const arrays = fc.array(value, { maxLength: 3 }).map((values) => `[${values.join(", ")}]`);
    const filter = fc
      .record({
        plate: quoted,
        years: fc.oneof(fc.integer({ min: 1, max: 9999 }).map(String), fc.constant("[1, 2]")),
        any: fc.oneof(value, arrays, fc.constant("{ a: { b: [1, $v] } }")),
        share: fc.constantFrom("1", "0.25", "null"),
      })
      .map(
        (fields) =>
          `{ ${Object.entries(fields)
            .map(([key, one]) => `${key}: ${one}`)
            .join(", ")} }`,
      );
    const asked = fc
      .oneof(value, arrays)
      .chain((ids) =>
        filter.map(
          (given) =>
            `{ a: owners(filter: ${given}, ids: ${ids}) { id } same: owners(ids: ${ids}) { id } same: owners(ids: ${ids}) { id } }`,
        ),
      );
    fc.assert(
      fc.property(asked, (selection) => {
        const document = parse(`query Q($v: Anything) ${selection}`);
        const before = validate(schema, document).filter(
          ({ message }) => !/\$v.* never used/.test(message),
        );
        fc.pre(before.length === 0);
        const { text } = signatureOf(document, undefined, schema);
        const after = validate(schema, parse(text)).filter(
          ({ message }) => !/\$v.* never used/.test(message),
        );
        expect(after).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
