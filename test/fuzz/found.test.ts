/**
 * What the fuzzer has found, made small. A case that is mended expects no difference. One that is known and not
 * mended yet expects exactly its difference, so that mending it shows here; its title says what would be right.
 */
import { expect, test } from "vitest";
import { findDifference } from "./find-difference.ts";
import type { FuzzCase } from "./fuzz-case.ts";

const nothing = { variables: {}, faults: [], rows: {}, roots: {} };
const difference = (one: Partial<FuzzCase> & Pick<FuzzCase, "subgraphs" | "query">) =>
  findDifference({ ...nothing, ...one });

test("a field required by a required field comes from the subgraph that has it", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Query { root: Entity }
        type Entity @key(fields: "id") { id: ID! base: ID @external middle: String @requires(fields: "base") }`,
        b: `type Entity @key(fields: "id") { id: ID! base: ID middle: String @external top: String @requires(fields: "middle") }`,
      },
      query: "{ root { top } }",
      rows: { "Entity-0": { type: "Entity", fields: { id: "Entity-0", base: "b" } } },
      roots: { root: { $row: "Entity-0" } },
    }),
  ).toBeUndefined();
});

test("a type condition that no implementation can meet selects nothing", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Entity0 implements Thing @key(fields: "id") { id: ID! }
        interface Thing @key(fields: "id") { id: ID! }
        union Either = Entity0`,
        b: `type Query { things: [Thing!]! other: Entity1 }
        type Thing @key(fields: "id") @interfaceObject { id: ID! }
        type Entity1 @key(fields: "code") { code: String! }`,
        c: `type Entity1 @key(fields: "code") { code: String! } union Either = Entity1`,
      },
      query: "{ things { ... on Either { ... on Entity1 { code } } } }",
      roots: { things: [] },
    }),
  ).toBeUndefined();
});

test("behind an @interfaceObject a condition on a union is met by its members", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Entity1 @key(fields: "id") { id: ID! things: [[Thing!]] }
        type Thing @key(fields: "id") @interfaceObject { id: ID! seen: Int }`,
        b: `type Query { root: [Entity1!] }
        type Entity0 implements Thing @key(fields: "id") { id: ID! }
        type Entity2 implements Thing @key(fields: "id") { id: ID! }
        interface Thing @key(fields: "id") { id: ID! }
        union Either = Entity0
        type Entity1 @key(fields: "id") { id: ID! }`,
      },
      query: "{ root { things { ... on Either { ... on Thing { seen } } } } }",
      rows: {
        "Entity1-0": {
          type: "Entity1",
          fields: { id: "Entity1-0", things: [[{ $row: "Entity0-0" }, { $row: "Entity2-0" }]] },
        },
        "Entity0-0": { type: "Entity0", fields: { id: "Entity0-0", seen: 1 } },
        "Entity2-0": { type: "Entity2", fields: { id: "Entity2-0", seen: 2 } },
      },
      roots: { root: [{ $row: "Entity1-0" }] },
    }),
  ).toBeUndefined();
});

test("behind an @interfaceObject a condition on a union within one on its member is met", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Query { root: [Thing!]! } type Thing @key(fields: "id") @interfaceObject { id: ID! }`,
        b: `type Entity0 @key(fields: "id") { id: ID! left: Int! }`,
        c: `type Entity0 implements Thing @key(fields: "id") { id: ID! }
        interface Thing @key(fields: "id") { id: ID! }
        union Either = Entity0`,
      },
      query: "{ root { ... on Entity0 { ... on Either { ... on Entity0 { left } } } } }",
      rows: { "Entity0-0": { type: "Entity0", fields: { id: "Entity0-0", left: 1 } } },
      roots: { root: [{ $row: "Entity0-0" }] },
    }),
  ).toBeUndefined();
});

test("a required field that requires another is asked for after it, also where the root is", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Entity @key(fields: "id") { id: ID! middle: String @external top: String @requires(fields: "middle") }`,
        b: `type Query { root: Entity }
        type Entity @key(fields: "id") { id: ID! base: ID @external middle: String @requires(fields: "base") }`,
        c: `type Entity @key(fields: "id") { id: ID! base: ID }`,
      },
      query: "{ root { top } }",
      rows: { "Entity-0": { type: "Entity", fields: { id: "Entity-0", base: "b" } } },
      roots: { root: { $row: "Entity-0" } },
    }),
  ).toBeUndefined();
});

test("a field with @requires is not asked for where its condition leaves it out", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Query { root: Entity }
        type Entity @key(fields: "id") { id: ID! base: ID! @external top: String! @requires(fields: "base") }`,
        b: `type Entity @key(fields: "id") { id: ID! base: ID! name: ID }`,
      },
      query: "query ($yes: Boolean!) { root @include(if: $yes) { top } root { name } }",
      variables: { yes: false },
      rows: { "Entity-0": { type: "Entity", fields: { id: "Entity-0", base: "b", name: "n" } } },
      roots: { root: { $row: "Entity-0" } },
    }),
  ).toBeUndefined();
});

const behindInterface = {
  a: `type Entity implements Thing @key(fields: "id") { id: ID! must: String! }
    interface Thing @key(fields: "id") { id: ID! }`,
  b: `type Query { root: Thing }
    type Thing @key(fields: "id") @interfaceObject { id: ID! seen: Int }`,
};
const ofInterface = (fields: object) => ({
  rows: { "Entity-0": { type: "Entity", fields: { id: "Entity-0", ...fields } } },
  roots: { root: { $row: "Entity-0" } },
});

test("a field that fails behind an @interfaceObject nulls its object", async () => {
  expect(
    await difference({
      subgraphs: behindInterface,
      query: "{ root { ... on Entity { must } } }",
      ...ofInterface({ must: { $error: "FAILED" } }),
    }),
  ).toBeUndefined();
});

// Two fetches ask for it, once for the interface and once for the type.
test("a field that is selected on an interface and on its type fails once", async () => {
  expect(
    await difference({
      subgraphs: behindInterface,
      query: "{ root { seen ... on Entity { seen } } }",
      ...ofInterface({ must: "m", seen: { $error: "FAILED" } }),
    }),
  ).toBeUndefined();
});

test("a field of an @interfaceObject that fails is no error for a type that is not asked for it", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Asked implements Thing @key(fields: "id") { id: ID! }
        type Other implements Thing @key(fields: "id") { id: ID! }
        interface Thing { id: ID! }
        type Query { things: [Thing]! }`,
        b: `type Thing @key(fields: "id") @interfaceObject { id: ID! first: [Float!]! second: Float }`,
      },
      query: "{ things { first ... on Asked { second } } }",
      rows: {
        "Other-0": {
          type: "Other",
          fields: { id: "Other-0", first: [], second: { $error: "FAILED" } },
        },
      },
      roots: { things: [{ $row: "Other-0" }] },
    }),
  ).toBeUndefined();
});

test("what a literal @skip leaves out cannot fail", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Entity @key(fields: "id") { id: ID! list: [Entity!] name: String }`,
        b: `type Query { root: [Entity] } type Entity @key(fields: "id") { id: ID! }`,
      },
      query:
        "query ($yes: Boolean!) { ...All @include(if: $yes) } fragment All on Query { root { list @skip(if: true) { list { name } } } }",
      variables: { yes: true },
      rows: {
        "Entity-0": {
          type: "Entity",
          fields: { id: "Entity-0", list: [{ $row: "Entity-1" }], name: "n" },
        },
      },
      roots: { root: [{ $row: "Entity-0" }] },
    }),
  ).toBeUndefined();
});

test("an operation all of which is written to be left out is empty", async () => {
  const subgraphs = { a: "type Query { root: ID }" };
  const query = "{ root @skip(if: true) ... on Query @include(if: false) { root } }";
  expect(await difference({ subgraphs, query, roots: { root: "plain" } })).toBeUndefined();
});

const garbled = (seed: number) => [{ kind: "garbled", subgraph: "a", seed }] as const;

test("a field that is missing from a subgraph's answer is null with an error", async () => {
  expect(
    await difference({
      subgraphs: { a: "type Query { root: ID }" },
      query: "{ root }",
      roots: { root: "plain" },
      faults: garbled(985_254),
    }),
  ).toBeUndefined();
});

test("an object that comes without its __typename is null with an error", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Query { root: [Thing] } interface Thing { id: ID! } type Entity implements Thing @key(fields: "id") { id: ID! }`,
      },
      query: "{ root { ... on Entity { id } } }",
      rows: { "Entity-0": { type: "Entity", fields: { id: "Entity-0" } } },
      roots: { root: [{ $row: "Entity-0" }] },
      faults: garbled(499_985),
    }),
  ).toBeUndefined();
});

test("what is required under a condition only is not asked for without it", async () => {
  const subgraphs = {
    a: `type Query { root: Entity }
    type Entity @key(fields: "id") {
      id: ID! base: [[ID!]!]! @external top: String! @requires(fields: "base") next: Entity
    }`,
    b: `type Entity @key(fields: "id") { id: ID! base: [[ID!]!]! name: String }`,
  };
  const row = (id: string, next: string) => ({
    type: "Entity",
    fields: { id, base: [], top: "t", name: "n", next: { $row: next } },
  });
  const rows = { "Entity-0": row("0", "Entity-1"), "Entity-1": row("1", "Entity-0") };
  const queries = [
    "query ($is: Boolean!) { root @include(if: $is) { top } root { name } }",
    "query ($is: Boolean!) { ... @include(if: $is) { root { top } } root { name } }",
    "query ($is: Boolean!) { root { ...F @include(if: $is) next { name } } } fragment F on Entity { next { top next { top } } }",
    "query ($is: Boolean!) { root @skip(if: $is) { next { top } } root { next { name } } }",
    "query ($is: Boolean!) { root { ... on Entity @include(if: $is) { top } ... on Entity { name } } }",
  ];
  for (const query of queries)
    for (const is of [true, false]) {
      const one = { subgraphs, query, rows, roots: { root: { $row: "Entity-0" } } };
      expect(await difference({ ...one, variables: { is } })).toBeUndefined();
    }
});

test("an entity of which a subgraph was not told the whole key is missing with an error", async () => {
  const place = { $value: "Place", fields: { row: "r", seat: 0 } };
  const fields = { id: "Entity-0", place, other: { $row: "Other-0" } };
  for (let seed = 703_200; seed < 703_230; seed += 1) {
    expect(
      await difference({
        subgraphs: {
          a: `type Entity @key(fields: "place { row seat }") { id: ID! place: Place! }
          type Place { row: ID! seat: Int! } type Query { root: Entity }`,
          b: `type Entity @key(fields: "place { row seat }") { place: Place! other: Other }
          type Place { row: ID! seat: Int! } type Other { right: String! }`,
        },
        query: "{ root { id other { right } } }",
        rows: {
          "Entity-0": { type: "Entity", fields },
          "Other-0": { type: "Other", fields: { right: "x" } },
        },
        roots: { root: { $row: "Entity-0" } },
        faults: [{ kind: "garbled", subgraph: "a", seed }],
      }),
    ).toBeUndefined();
  }
});

// Both are asked of one type at one path, by two fetches.
test("an alias means one field under one type condition and another under another", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Query { things: [Thing] } union Thing = A | B
        type A @key(fields: "id") { id: ID! } type B @key(fields: "id") { id: ID! }`,
        b: `type A @key(fields: "id") { id: ID! child: C } type B @key(fields: "id") { id: ID! child: C }
        type C @key(fields: "id") { id: ID! }`,
        c: `type C @key(fields: "id") { id: ID! left: String right: String }`,
      },
      query: "{ things { ... on A { child { right: left } } ... on B { child { right } } } }",
      rows: {
        "A-0": { type: "A", fields: { id: "A-0", child: { $row: "C-0" } } },
        "B-0": { type: "B", fields: { id: "B-0", child: { $row: "C-1" } } },
        "C-0": { type: "C", fields: { id: "C-0", left: "l0", right: "r0" } },
        "C-1": { type: "C", fields: { id: "C-1", left: "l1", right: "r1" } },
      },
      roots: { things: [{ $row: "A-0" }, { $row: "B-0" }] },
    }),
  ).toBeUndefined();
});

// The key is fetched beside the alias.
test("an alias may be the name of a key that the plan needs", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Query { things: [A] } type A @key(fields: "id") { id: String name: String }`,
        b: `type A @key(fields: "id") { id: String note: String }`,
      },
      query: "{ things { id: name note } }",
      rows: { "A-0": { type: "A", fields: { id: "A-0", name: "n", note: "o" } } },
      roots: { things: [{ $row: "A-0" }] },
    }),
  ).toBeUndefined();
});

// Both fetches are of C at `things.child`.
test.each([
  [
    "different types",
    "{ things { ... on A { child { text(n: 1) } } ... on B { child { text(n: 2) } } } }",
  ],
  [
    "fragments",
    "{ things { ...A ... on B { child { text(n: 2) more: text(n: 2) } } } } fragment A on A { child { ...C } } fragment C on C { text(n: 1) more: text(n: 1) }",
  ],
  [
    "variables",
    "query ($n: Int = 3) { things { ... on A { child { text(n: $n) } } ... on B { child { text } } } }",
  ],
  [
    "a client's name that looks like ours",
    "{ things { ... on A { child { __client_4x1_text_text: id text(n: 1) } } ... on B { child { text(n: 2) } } } }",
  ],
  [
    "input objects",
    "{ things { ... on A { child { is(o: { a: 1, b: 2 }) { id } } } ... on A { child { is(o: { b: 2, a: 1 }) { text } } } ... on B { child { is(o: { a: 2 }) { id } } } } }",
  ],
])(
  "a field has one argument under one type condition and another under another: %s",
  async (_what, query) => {
    const one = {
      subgraphs: {
        a: `type Query { things: [Thing] } union Thing = A | B
      type A @key(fields: "id") { id: ID! } type B @key(fields: "id") { id: ID! }`,
        b: `type A @key(fields: "id") { id: ID! child: C } type B @key(fields: "id") { id: ID! child: C }
      type C @key(fields: "id") { id: ID! }`,
        c: `type C @key(fields: "id") { id: ID! text(n: Int): String is(o: O): C } input O { a: Int b: Int }`,
      },
      query,
      rows: {
        "A-0": { type: "A", fields: { id: "A-0", child: { $row: "C-0" } } },
        "B-0": { type: "B", fields: { id: "B-0", child: { $row: "C-1" } } },
        "C-0": { type: "C", fields: { id: "C-0", text: "t0", is: { $row: "C-1" } } },
        "C-1": { type: "C", fields: { id: "C-1", text: "t1", is: { $row: "C-0" } } },
      },
      roots: { things: [{ $row: "A-0" }, { $row: "B-0" }] },
    };
    expect(await difference(one)).toBeUndefined();
    for (let seed = 0; seed < 10; seed += 1) {
      const faults = [{ kind: "garbled" as const, subgraph: "c", seed }];
      expect(await difference({ ...one, faults })).toBeUndefined();
    }
  },
);

test("a mutation that is asked for twice under different conditions is carried out once", async () => {
  const one = {
    subgraphs: {
      b: `type Entity0 @key(fields: "id") { id: ID! e00: String } type Query { other: Int }
        type Mutation { refund: Int }`,
      c: `type Mutation { pay: Entity0 } type Entity0 @key(fields: "id") { id: ID! }`,
    },
    query: `mutation ($x: Boolean!) { pay @include(if: $x) { id } refund ... { pay { ...More } } }
      fragment More on Entity0 { e00 }`,
    rows: { "Entity0-1": { type: "Entity0", fields: { id: "Entity0-1", e00: "text" } } },
    roots: { refund: 3, pay: { $row: "Entity0-1" } },
  };
  for (const x of [true, false])
    expect(await difference({ ...one, variables: { x } })).toBeUndefined();
});

test("a mutation of which conditions leave nothing is not carried out", async () => {
  expect(
    await difference({
      subgraphs: { a: "type Query { other: Int } type Mutation { pay: Int refund: Int }" },
      query:
        "mutation ($x: Boolean = false) { pay @include(if: $x) ... @skip(if: true) { refund } }",
      roots: { pay: 1, refund: 2 },
    }),
  ).toBeUndefined();
});

const split = {
  b: `type Query { both: [[Split]] @shareable sure: Int! } type Split { ofB: Int! }`,
  c: `type Query { both: [[Split]] @shareable } type Split { ofC: String }`,
};

test("a field that fails in two subgraphs has failed once", async () => {
  expect(
    await difference({
      subgraphs: split,
      query: "{ both { ofB ofC } }",
      roots: { both: { $error: "FAILED" } },
    }),
  ).toBeUndefined();
});

test("what an error has nulled lacks no other fields", async () => {
  const value = (ofB: unknown) => ({ $value: "Split", fields: { ofB, ofC: "c" } });
  for (const sure of [1, null])
    for (const ofB of [7, null])
      expect(
        await difference({
          subgraphs: split,
          query: "{ sure both { ofC ofB } }",
          roots: { sure, both: [[value(1), value(ofB)], null] },
        }),
      ).toBeUndefined();
});

test("where the planner fails over conditions, it plans without them", async () => {
  expect(
    await difference({
      subgraphs: {
        b: `type Query { things: [Being!]! other: Entity0 } interface Being { id: ID! }
        type Entity0 implements Being @key(fields: "id") { id: ID! }
        type Entity1 implements Being @key(fields: "id") { id: ID! base: [String!] @external middle: String @requires(fields: "base") }`,
        c: `type Query { root: Entity1 } type Entity1 @key(fields: "id") { id: ID! base: [String!] }`,
        d: `type Entity0 @key(fields: "id") { id: ID! name: String! }
        type Entity1 @key(fields: "id") { id: ID! middle: String @external top: String! @requires(fields: "middle") }`,
      },
      query: `query ($x: Boolean!) {
        things { ... on Entity0 { x1: name } ...F } root { middle } other { x2: name } root { top middle @include(if: $x) }
      } fragment F on Entity1 { top }`,
      rows: {
        "Entity0-1": { type: "Entity0", fields: { id: "Entity0-1", name: "zero" } },
        "Entity1-0": { type: "Entity1", fields: { id: "Entity1-0", base: ["b"] } },
      },
      roots: {
        things: [{ $row: "Entity1-0" }, { $row: "Entity0-1" }],
        root: { $row: "Entity1-0" },
        other: { $row: "Entity0-1" },
      },
      variables: { x: false },
    }),
  ).toBeUndefined();
});

test("what did not come because of another field's error is not kept", async () => {
  expect(
    await difference({
      subgraphs: { c: "type Query { sure: String! other: String }" },
      query: "{ other }",
      roots: { sure: { $error: "FAILED" }, other: "text" },
      way: "cached",
      before: [{ query: "{ sure other }", variables: {} }],
    }),
  ).toBeUndefined();
});

test("where fields together cannot be planned in the order of what they require, each is planned alone", async () => {
  expect(
    await difference({
      subgraphs: {
        a: `type Query { root: Entity0 }
        type Entity0 @key(fields: "id") { id: ID! base: [Float] @shareable middle: String @external top: String @requires(fields: "middle") }`,
        b: `type Query { roots: [[Entity0!]] @provides(fields: "base") }
        type Entity0 @key(fields: "id") { id: ID! base: [Float] @external middle: String @requires(fields: "base")
          top: String @external all: String! @requires(fields: "base top") }`,
      },
      query: "{ roots { middle } root { all } }",
      rows: { "Entity0-1": { type: "Entity0", fields: { id: "Entity0-1", base: [] } } },
      roots: { root: { $row: "Entity0-1" }, roots: [[{ $row: "Entity0-1" }]] },
    }),
  ).toBeUndefined();
});

test("an entity that an error has taken away lacks no other fields", async () => {
  expect(
    await difference({
      subgraphs: {
        b: `type Entity0 @key(fields: "id") { id: ID! fails: Int! parts: [Split!] @shareable } type Split { ofB: [Int!]! }`,
        c: `type Query { roots: [Entity0] } type Entity0 @key(fields: "id") { id: ID! parts: [Split!] @shareable } type Split { ofC: Int }`,
      },
      query: "{ roots { fails parts { ofB ofC } } }",
      rows: {
        "Entity0-1": {
          type: "Entity0",
          fields: {
            id: "Entity0-1",
            fails: { $error: "FAILED" },
            parts: [{ $value: "Split", fields: { ofB: [], ofC: 1 } }],
          },
        },
      },
      roots: { roots: [{ $row: "Entity0-1" }] },
    }),
  ).toBeUndefined();
});
