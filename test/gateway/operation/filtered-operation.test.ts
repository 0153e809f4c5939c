import { Kind, print, type FieldNode } from "graphql";
import { describe, expect, it } from "vitest";
import type { Authorization } from "../../../gateway/operation/authorize.ts";
import { principal } from "./composed.ts";
import { compact, left, outcome, refuse, run } from "./protected-city.ts";

const documentOf = (verdict: Authorization) =>
  verdict.kind === "filtered" ? verdict.document : undefined;

const codes = (verdict: Authorization) =>
  verdict.kind === "filtered" ? verdict.forbidden.map(({ code }) => code) : [];

describe("what is left stays valid", () => {
  it("fields and fragments that became empty go, at every level", () => {
    const verdict = run("{ agency { records { ... { __typename } } } level }", principal());
    expect(outcome(verdict)).toEqual({ left: "{ level }", forbidden: ["Record.__typename"] });
    if (verdict.kind === "allowed") throw new Error("allowed");
    expect([...verdict.removed].map(([node, removal]) => [node.name.value, removal.kind])).toEqual([
      ["__typename", "forbidden"],
      ["records", "emptied"],
      ["agency", "emptied"],
    ]);
  });

  it("variables that only forbidden fields used go, in arguments and in directives", () => {
    const source = `query Q($id: ID, $first: Int, $after: String, $with: Boolean!, $own: Boolean!) {
      agency(id: $id) { id bills(first: $first, after: $after) @include(if: $with) { id } owner @skip(if: $own) { id } }
    }`;
    expect(left(run(source))).toBe("query Q($id: ID) { agency(id: $id) { id } }");
  });

  it("a variable that an allowed field uses too stays", () => {
    const source = `query Q($first: Int) { agencies(first: $first) { id bills(first: $first) { id } } }`;
    expect(left(run(source))).toBe("query Q($first: Int) { agencies(first: $first) { id } }");
  });

  it("fragments and the other operations go", () => {
    const source = `query A { secret level agency { ...F } } query B { level } fragment F on Agency { id }`;
    expect(left(run(source, undefined, "A"))).toBe("query A { agency { ... on Agency { id } } }");
    expect(left(run(source, undefined, "B"))).toBeUndefined();
  });

  it("a mutation below which nothing may be seen is not carried out", () => {
    expect(left(run("mutation { pay { total } }", principal()))).toBeUndefined();
    expect(left(run("mutation { pay { id total } }", principal()))).toBe("mutation { pay { id } }");
  });
});

describe("what is told", () => {
  it("path by response keys, the types it applies to, coordinate, code and message", () => {
    const verdict = run("{ a: agency { b: bills { due } } record { x: amount } }");
    if (verdict.kind === "allowed") throw new Error("allowed");
    expect(verdict.forbidden).toMatchObject([
      {
        path: [
          { key: "a", on: ["Query"] },
          { key: "b", on: ["Agency"] },
        ],
        coordinate: "Agency.bills",
        code: "UNAUTHENTICATED",
        message: 'Agency.bills needs the scope "billing:read". Send a bearer token.',
      },
      {
        path: [
          { key: "record", on: ["Query"] },
          { key: "x", on: ["Fee", "Fine", "Seizure"] },
        ],
        coordinate: "Record.amount",
        message:
          'Record.amount needs a signed-in caller (because of Fee.amount) and the scope "court" (because of Seizure). Send a bearer token.',
      },
    ]);
  });

  it("one who is signed in but lacks a scope is told which", () => {
    const verdict = run("{ audit { id } record { amount } }", principal());
    if (verdict.kind === "allowed") throw new Error("allowed");
    expect(verdict.forbidden).toMatchObject([
      {
        code: "FORBIDDEN",
        missing: [{ coordinate: "Query.audit", rule: { kind: "scopes" } }],
        message:
          'Query.audit needs the scope "audit:read" and "staff", or "root". Ask for a token that grants this, or leave the field out.',
      },
      // Being signed in is what Fee.amount wants, so that only the scope is missing.
      { code: "FORBIDDEN", missing: [{ coordinate: "Seizure" }] },
    ]);
  });

  it("every FieldNode of the original that was taken out can be looked up", () => {
    const verdict = run("{ secret agency { ...F } } fragment F on Agency { id owner { id } }");
    if (verdict.kind === "allowed") throw new Error("allowed");
    const operation = verdict.original.definitions[0];
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error("no operation");
    const [secret, agency] = operation.selectionSet.selections as FieldNode[];
    expect(secret && verdict.removed.get(secret)).toMatchObject({ kind: "forbidden" });
    expect(agency && verdict.removed.has(agency)).toBe(false);
    expect(compact(print(verdict.original))).toBe(
      "{ secret agency { ... on Agency { id owner { id } } } }",
    );
  });
});

describe("caching", () => {
  it("gives the same document to callers with the same rights, another to others", () => {
    const source = "{ agency { id owner { id } bills { id } } }";
    const amal = documentOf(run(source, principal({ id: "person-amal" })));
    expect(documentOf(run(source, principal({ id: "person-badr", scopes: ["unrelated"] })))).toBe(
      amal,
    );
    expect(documentOf(run(source))).not.toBe(amal);
    expect(outcome(run(source, principal({ scopes: ["billing:read"] })))).toBe("allowed");
  });

  it("callers with different rights never share an answer, in whatever order they ask", () => {
    const source = "{ agency { id owner { card } bills { id } } salary }";
    const reader = principal({ scopes: ["billing:read"] });
    const owner = principal({ policies: ["own"], scopes: ["money"] });
    for (const [who, expected] of [
      [reader, "{ agency { id bills { id } } }"],
      [owner, "{ agency { id owner { card } } salary }"],
      [principal(), "{ agency { id } }"],
      [reader, "{ agency { id bills { id } } }"],
    ] as const)
      expect(left(run(source, who))).toBe(expected);
  });

  it("nobody signed in and somebody without rights get their own codes", () => {
    expect(codes(run("{ salary }"))).toEqual(["UNAUTHENTICATED"]);
    expect(codes(run("{ salary }", principal()))).toEqual(["FORBIDDEN"]);
  });

  it("a document that touches no rule is allowed to anybody, whatever its fragments", () => {
    expect(outcome(run("{ agency { ...F } } fragment F on Agency { id name __typename }"))).toBe(
      "allowed",
    );
  });
});

describe("which operation", () => {
  it("an unknown or missing operation name is refused", () => {
    const two = "query A { level } query B { level }";
    expect(() => run(two)).toThrow("Say which one to run in operationName");
    expect(() => run(two, undefined, "C")).toThrow('no operation named "C"');
  });
});

describe("refusing the whole operation", () => {
  it("lists every forbidden coordinate once", () => {
    const error = refuse("{ secret again: secret agency { bills { id } } }");
    expect(error?.message).toBe(
      "The operation was refused: Query.secret needs a signed-in caller. Send a bearer token. 1 more in extensions.forbidden.",
    );
    expect(error?.extensions).toMatchObject({
      code: "UNAUTHENTICATED",
      forbidden: [
        { coordinate: "Query.secret", code: "UNAUTHENTICATED" },
        { coordinate: "Agency.bills", code: "UNAUTHENTICATED" },
      ],
    });
  });

  it("the code of one who is signed in is FORBIDDEN", () => {
    expect(refuse("{ salary }", {}, principal())?.extensions["code"]).toBe("FORBIDDEN");
  });

  it("a forbidden field that is skipped is no reason to refuse", () => {
    const skip = "query Q($no: Boolean!) { agency { id } secret @skip(if: $no) }";
    expect(refuse(skip, { no: true })).toBeUndefined();
    expect(refuse(skip, { no: false })?.extensions["code"]).toBe("UNAUTHENTICATED");
    // A missing value is the executor's to refuse; until then the field counts as asked for.
    expect(refuse(skip, {})).toBeDefined();
  });

  it("conditions are those over the field, on fragments and parents too, with defaults", () => {
    const source = `query Q($with: Boolean = false) { ...F @include(if: $with) agency { id } }
      fragment F on Query { agency { owner { id } } }`;
    expect(refuse(source)).toBeUndefined();
    expect(refuse(source, { with: true })).toBeDefined();
    expect(refuse("{ agency @skip(if: true) { id owner { id } } }")).toBeUndefined();
    expect(refuse("{ agency @include(if: true) { id owner { id } } }")).toBeDefined();
  });
});
