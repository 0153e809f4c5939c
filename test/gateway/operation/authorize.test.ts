import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { authorize } from "../../../gateway/operation/authorize.ts";
import { readAccessRules } from "../../../gateway/operation/access-rules.ts";
import { apiSchemaOf, authorizerOf, compose, principal } from "./composed.ts";
import { left, outcome, run } from "./protected-city.ts";

describe("each directive in each place", () => {
  it("@authenticated on a field", () => {
    expect(outcome(run("{ secret agency { id } }"))).toEqual({
      left: "{ agency { id } }",
      forbidden: ["Query.secret"],
    });
    expect(outcome(run("{ secret agency { id } }", principal()))).toBe("allowed");
  });

  it("@authenticated on an object closes the fields that return it", () => {
    expect(outcome(run("{ agency { id owner { id name } } }"))).toEqual({
      left: "{ agency { id } }",
      forbidden: ["Agency.owner"],
    });
  });

  it("@authenticated on an enum", () => {
    expect(outcome(run("{ level }"))).toEqual({ left: undefined, forbidden: ["Query.level"] });
    expect(outcome(run("{ level }", principal()))).toBe("allowed");
  });

  it("@requiresScopes: one of the outer list, all of the inner", () => {
    for (const [scopes, expected] of [
      [["audit:read"], undefined],
      [["staff"], undefined],
      [["staff", "audit:read"], "allowed"],
      [["root"], "allowed"],
    ] as const)
      expect(left(run("{ audit { id } }", principal({ scopes: [...scopes] })))).toBe(expected);
  });

  it("@requiresScopes on an object and on a scalar", () => {
    expect(left(run("{ salary }", principal()))).toBeUndefined();
    expect(left(run("{ salary }", principal({ scopes: ["money"] })))).toBe("allowed");
    const seizure = "{ item { ... on Seizure { id } } }";
    expect(left(run(seizure, principal()))).toBeUndefined();
    expect(left(run(seizure, principal({ scopes: ["court"] })))).toBe("allowed");
  });

  it("@policy on a field and on an object", () => {
    expect(left(run("mutation { close { id } }", principal()))).toBeUndefined();
    expect(left(run("mutation { close { id } }", principal({ policies: ["closer"] })))).toBe(
      "allowed",
    );
    expect(left(run("{ agency { group { ... on Vip { title } } } }", principal()))).toBeUndefined();
  });

  it("scopes are no policies, and policies no scopes", () => {
    expect(
      left(run("mutation { close { id } }", principal({ scopes: ["closer"] }))),
    ).toBeUndefined();
    expect(left(run("{ salary }", principal({ policies: ["money"] })))).toBeUndefined();
  });

  it("a field needs its own rule and its type's", () => {
    const ask = "{ me { card name } }";
    expect(outcome(run(ask))).toEqual({ left: undefined, forbidden: ["Query.me"] });
    expect(outcome(run(ask, principal()))).toEqual({
      left: "{ me { name } }",
      forbidden: ["Person.card"],
    });
    expect(outcome(run(ask, principal({ policies: ["own"] })))).toBe("allowed");
  });

  it("@requiresScopes with no list is met by nobody, with an empty list by anybody signed in", () => {
    const nobody = authorizerOf(compose(`type Query { a: Int @requiresScopes(scopes: []) }`));
    expect(left(nobody("{ a }", principal({ scopes: ["x"] })))).toBeUndefined();
    const anybody = authorizerOf(compose(`type Query { a: Int @requiresScopes(scopes: [[]]) }`));
    expect(left(anybody("{ a }"))).toBeUndefined();
    expect(left(anybody("{ a }", principal()))).toBe("allowed");
  });

  it("a rule on the query type closes every root field, introspection included", () => {
    const closed = authorizerOf(compose(`type Query @authenticated { a: Int }`));
    expect(outcome(closed("{ a __typename __schema { description } }"))).toEqual({
      left: undefined,
      forbidden: ["Query.a", "Query.__typename", "Query.__schema"],
    });
    expect(outcome(closed("{ a }", principal()))).toBe("allowed");
  });
});

describe("aliases, fragments and lists", () => {
  it("an alias hides nothing", () => {
    expect(outcome(run("{ name: secret s: agency { id n: owner { id } } }"))).toEqual({
      left: "{ s: agency { id } }",
      forbidden: ["Query.secret", "Agency.owner"],
    });
  });

  it("inline fragments, with and without a type condition", () => {
    expect(left(run("{ ... { secret } ... on Query { secret agency { ... { id } } } }"))).toBe(
      "{ ... on Query { agency { ... { id } } } }",
    );
  });

  it("named fragments, and fragments in fragments", () => {
    const source = `
      query { ...Root }
      fragment Root on Query { secret agency { ...Parts } }
      fragment Parts on Agency { id owner { id } }
    `;
    expect(outcome(run(source))).toEqual({
      left: "{ ... on Query { agency { ... on Agency { id } } } }",
      forbidden: ["Query.secret", "Agency.owner"],
    });
  });

  it("a fragment under two parents is judged in each place by itself", () => {
    const source = `
      { item { ... on Fine { ...Parts } ... on Seizure { ...Parts } } }
      fragment Parts on Record { id }
    `;
    const verdict = run(source, principal());
    expect(left(verdict)).toBe("{ item { ... on Fine { ... on Record { id } } } }");
    if (verdict.kind === "allowed") throw new Error("allowed");
    expect(verdict.forbidden.map(({ path }) => path.at(-1))).toEqual([
      { key: "id", on: ["Seizure"] },
    ]);
  });

  it("lists of lists", () => {
    expect(outcome(run("{ agencies { id owner { id } bills { id } } }"))).toEqual({
      left: "{ agencies { id } }",
      forbidden: ["Agency.owner", "Agency.bills"],
    });
  });
});

describe("interfaces and unions", () => {
  it("a field on an interface must be allowed on every type that may turn up", () => {
    expect(outcome(run("{ record { id } }"))).toEqual({
      left: undefined,
      forbidden: ["Record.id"],
    });
    expect(outcome(run("{ record { id amount } }", principal({ scopes: ["court"] })))).toBe(
      "allowed",
    );
  });

  it("a type condition narrows to what the client may see", () => {
    expect(outcome(run("{ record { ... on Fine { id plate } } }"))).toBe("allowed");
    expect(left(run("{ record { ... on Fine { id } ... on Seizure { id } } }"))).toBe(
      "{ record { ... on Fine { id } } }",
    );
    expect(outcome(run("{ record { ... on Fee { id amount } } }"))).toMatchObject({
      left: "{ record { ... on Fee { id } } }",
      forbidden: ["Fee.amount"],
    });
  });

  it("a condition on an interface inside a condition on an object stays narrow", () => {
    expect(left(run("{ record { ... on Fine { ... on Record { amount } } } }"))).toBe("allowed");
  });

  it("conditions inside conditions intersect", () => {
    const graph = authorizerOf(
      compose(`
        type Query { a: A }
        interface A { id: ID } interface B { id: ID }
        type Open implements A & B { id: ID }
        type OnlyA implements A @authenticated { id: ID }
        type OnlyB implements B @authenticated { id: ID }
      `),
    );
    expect(left(graph("{ a { ... on B { id } } }"))).toBe("allowed");
    expect(left(graph("{ a { id } }"))).toBeUndefined();
    expect(left(graph("{ a { ... on B { ... on A { id } } } }"))).toBe("allowed");
  });

  it("__typename of a protected object is protected", () => {
    expect(left(run("{ item { ... on Seizure { __typename } } }"))).toBeUndefined();
    expect(left(run("{ me { __typename } }"))).toBeUndefined();
  });

  it("__typename on an interface or union that may hold a protected type is protected", () => {
    expect(outcome(run("{ record { __typename } item { __typename } }"))).toEqual({
      left: undefined,
      forbidden: ["Record.__typename", "Item.__typename"],
    });
    expect(left(run("{ item { t: __typename } }", principal({ scopes: ["court"] })))).toBe(
      "allowed",
    );
    expect(left(run("{ record { ... on Fine { __typename } } }"))).toBe("allowed");
  });

  it("a field that returns a protected type only in one implementing type counts", () => {
    // Record.group is a Group, but Fee.group is a Vip.
    const clerk = principal({ scopes: ["court"] });
    const narrowed = "{ record { group { ... on Crowd { title } } } }";
    expect(outcome(run(narrowed, clerk))).toEqual({ left: undefined, forbidden: ["Record.group"] });
    expect(left(run(narrowed, principal({ scopes: ["court"], policies: ["vip"] })))).toBe(
      "allowed",
    );
    expect(left(run("{ record { ... on Fine { group { ... on Crowd { title } } } } }"))).toBe(
      "allowed",
    );
  });

  it("a rule written on an interface cannot be gone round by a fragment on an implementing type", () => {
    const rules = readAccessRules(`
      schema @link(url: "https://specs.apollo.dev/link/v1.0") { query: Query }
      type Query { fine: Fine record: Record }
      interface Record { id: ID amount: Int @authenticated }
      type Fine implements Record { id: ID amount: Int }
    `);
    const schema = apiSchemaOf(
      compose(`
        type Query { fine: Fine record: Record }
        interface Record { id: ID amount: Int }
        type Fine implements Record { id: ID amount: Int }
      `),
    );
    for (const ask of [
      "{ record { amount } }",
      "{ record { ... on Fine { amount } } }",
      "{ fine { amount } }",
      "{ fine { ... on Record { amount } } }",
    ])
      expect(left(authorize(parse(ask), undefined, schema, rules, undefined))).toBeUndefined();
  });

  it("types that clients cannot see do not turn up", () => {
    const graph = authorizerOf(
      compose(`
        type Query { node: Node }
        interface Node { id: ID }
        type Open implements Node { id: ID }
        type Hidden implements Node @inaccessible @authenticated { id: ID }
      `),
    );
    expect(left(graph("{ node { id } }"))).toBe("allowed");
  });
});
