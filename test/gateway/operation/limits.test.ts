import { getIntrospectionQuery, GraphQLError, parse } from "graphql";
import { LRUCache } from "lru-cache";
import { describe, expect, it } from "vitest";
import { checkLimits, createLimiter, defaultLimits } from "../../../gateway/operation/limits.ts";

/** The refusal of a document, or undefined when it passes. */
function refusalOf(source: string, limits: Partial<typeof defaultLimits> = {}) {
  try {
    checkLimits(source, { ...defaultLimits, ...limits });
    return undefined;
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
const codeOf = (source: string, limits: Partial<typeof defaultLimits> = {}) =>
  refusalOf(source, limits)?.extensions["code"];

const nested = (levels: number): string =>
  `{ ${"a { ".repeat(levels - 1)}a${" }".repeat(levels - 1)} }`;

/** Fragment n spreads fragment n + 1 twice: 2^n fields from n lines. */
const doubling = (count: number): string =>
  [
    "{ ...F0 }",
    ...Array.from({ length: count }, (_, n) => `fragment F${n} on Q { ...F${n + 1} ...F${n + 1} }`),
    `fragment F${count} on Q { a }`,
  ].join("\n");

describe("syntax", () => {
  it("a syntax error keeps its line and column", () => {
    const error = refusalOf("{\n  agency(id: ) { id }\n}");
    expect(error?.extensions["code"]).toBe("GRAPHQL_PARSE_FAILED");
    expect(error?.locations).toEqual([{ line: 2, column: 14 }]);
  });

  it("a character that is no token is a syntax error too", () => {
    const error = refusalOf("{ a \u0007 }");
    expect(error?.extensions["code"]).toBe("GRAPHQL_PARSE_FAILED");
    expect(error?.locations).toEqual([{ line: 1, column: 5 }]);
  });

  it("an empty text is a syntax error", () => {
    expect(codeOf("")).toBe("GRAPHQL_PARSE_FAILED");
  });
});

describe("tokens", () => {
  it("as many tokens as allowed pass, one more does not; comments are no tokens", () => {
    expect(codeOf("{ a # b c d\n }", { tokens: 3 })).toBeUndefined();
    expect(codeOf("{ a b }", { tokens: 3 })).toBe("TOKEN_LIMIT_EXCEEDED");
  });

  it("counts as graphql-js counts", () => {
    const source = 'query Q($a: [Int!]! = [1, 2]) @d(x: $a) { a(b: {c: """x"""}) { ...F } }';
    const { tokenCount } = parse(source);
    expect(codeOf(source, { tokens: tokenCount ?? 0 })).toBeUndefined();
    expect(codeOf(source, { tokens: (tokenCount ?? 0) - 1 })).toBe("TOKEN_LIMIT_EXCEEDED");
  });

  it("brackets that would exhaust the parser's stack are refused, not a crash", () => {
    for (const source of [`{${"a{".repeat(200_000)}`, `{a(b:${"[".repeat(200_000)}`])
      expect(codeOf(source, { tokens: Number.MAX_SAFE_INTEGER })).toBe("DEPTH_LIMIT_EXCEEDED");
  });
});

describe("depth", () => {
  it("fifteen levels of fields pass by default, sixteen do not", () => {
    expect(codeOf(nested(15))).toBeUndefined();
    expect(codeOf(nested(16))).toBe("DEPTH_LIMIT_EXCEEDED");
  });

  it("the refusal says the limit, what was found, and how to mend it", () => {
    const error = refusalOf(nested(17));
    expect(error?.message).toBe(
      "The operation is 17 fields deep; 15 is the most allowed. Ask for the deeper part in an operation of its own, starting from an id.",
    );
    expect(error?.extensions["limit"]).toEqual({ name: "depth", maximum: 15, found: 17 });
  });

  it("fragments do not hide depth, and add none", () => {
    const source = `{ a { ...F } } fragment F on Q { ... { b { ...G } } } fragment G on Q { c }`;
    expect(codeOf(source, { depth: 3 })).toBeUndefined();
    expect(codeOf(source, { depth: 2 })).toBe("DEPTH_LIMIT_EXCEEDED");
  });

  it("the worst of several operations counts", () => {
    expect(codeOf(`query A { a } query B { a { a { a } } }`, { depth: 2 })).toBe(
      "DEPTH_LIMIT_EXCEEDED",
    );
  });

  it("a chain of fragments nests, even when its fields do not", () => {
    const chain = ["{ ...F0 }"];
    for (let n = 0; n < 300; n += 1) chain.push(`fragment F${n} on Q { ...F${n + 1} }`);
    chain.push("fragment F300 on Q { a }");
    expect(refusalOf(chain.join(" "))?.extensions["limit"]).toMatchObject({
      name: "nesting",
      found: 302,
    });
  });
});

describe("aliases, root fields, directives, selections", () => {
  it("aliases are counted each time their fragment is spread", () => {
    const source = `{ a { ...F } b { ...F } c: c } fragment F on Q { x: a y: a }`;
    expect(codeOf(source, { aliases: 5 })).toBeUndefined();
    expect(codeOf(source, { aliases: 4 })).toBe("ALIAS_LIMIT_EXCEEDED");
  });

  it("root fields are counted through fragments", () => {
    const source = `{ a ... { b } ...F } fragment F on Q { c d { e } }`;
    expect(codeOf(source, { rootFields: 4 })).toBeUndefined();
    expect(codeOf(source, { rootFields: 3 })).toBe("ROOT_FIELD_LIMIT_EXCEEDED");
  });

  it("directives count wherever they stand in the document", () => {
    const source = `query Q($v: Int @d) @d { a @d ... @d { b } ...F @d } fragment F on Q @d { a @d @d }`;
    expect(codeOf(source, { directives: 8 })).toBeUndefined();
    const error = refusalOf(source, { directives: 7 });
    expect(error?.extensions).toMatchObject({
      code: "DIRECTIVE_LIMIT_EXCEEDED",
      limit: { name: "directives", maximum: 7, found: 8 },
    });
  });

  it("selections are counted as if fragments were spread", () => {
    const source = `{ ...F ...F } fragment F on Q { a b { c } }`;
    expect(codeOf(source, { selections: 8 })).toBeUndefined();
    expect(refusalOf(source, { selections: 7 })?.extensions["limit"]).toMatchObject({
      name: "selections",
      found: 8,
    });
  });
});

describe("fragments that multiply", () => {
  it("forty fragments that double are refused without being expanded", () => {
    expect(refusalOf(doubling(40))?.extensions["limit"]).toMatchObject({
      name: "rootFields",
      found: 2 ** 40,
    });
  });

  it("ten thousand fragments that double are refused, with a count that saturates", () => {
    const limits = { tokens: 1_000_000, nesting: 100_000 };
    expect(refusalOf(doubling(10_000), limits)?.message).toBe(
      `The operation asks for more than ${Number.MAX_SAFE_INTEGER} root fields; 20 is the most allowed. Split it into several operations.`,
    );
  });

  it("ten thousand fragments that double are refused by the default limits", () => {
    expect(codeOf(doubling(10_000))).toBe("TOKEN_LIMIT_EXCEEDED");
  });

  it("fragments that spread each other come to an end and are left to validation", () => {
    expect(
      codeOf("{ ...A } fragment A on Q { a ...B } fragment B on Q { b ...A }"),
    ).toBeUndefined();
    expect(codeOf("{ ...A } fragment A on Q { a { ...A } }")).toBeUndefined();
    expect(codeOf("{ ...Unknown }")).toBeUndefined();
  });
});

describe("introspection", () => {
  /** As Apollo Sandbox and GraphiQL send it: every option of graphql-js on. */
  const full = getIntrospectionQuery({
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });

  it("the standard introspection query passes by default, with all its options and with none", () => {
    expect(codeOf(full)).toBeUndefined();
    expect(codeOf(getIntrospectionQuery({ descriptions: false }))).toBeUndefined();
  });

  it("introspection has a depth of its own", () => {
    expect(codeOf(full, { depth: 1 })).toBeUndefined();
    expect(refusalOf(full, { introspectionDepth: 10 })?.extensions["limit"]).toMatchObject({
      name: "introspectionDepth",
    });
    expect(codeOf(`{ __type(name: "A") ${nested(20)} }`)).toBe("DEPTH_LIMIT_EXCEEDED");
  });

  it("switched off, __schema and __type are refused, through fragments and aliases too", () => {
    for (const source of [
      full,
      `{ __type(name: "A") { name } }`,
      `{ x: __schema { description } }`,
      `{ ...F } fragment F on Query { ... { __schema { description } } }`,
    ])
      expect(codeOf(source, { introspection: false })).toBe("INTROSPECTION_DISABLED");
  });

  it("switched off, __typename may still be asked", () => {
    expect(codeOf("{ __typename a { __typename } }", { introspection: false })).toBeUndefined();
  });
});

describe("createLimiter", () => {
  it("gives the parsed document, the same one for the same text", () => {
    const limit = createLimiter({ cache: new LRUCache({ max: 10 }) });
    const document = limit("{ a }");
    expect(document).toMatchObject({ kind: "Document" });
    expect(limit("{ a }")).toBe(document);
    expect(limit("{ b }")).not.toBe(document);
  });

  it("keeps no document that was refused", () => {
    const cache = new LRUCache<string, ReturnType<typeof parse>>({ max: 10 });
    const limit = createLimiter({ limits: { depth: 1 }, cache });
    expect(() => limit("{ a { b } }")).toThrow("2 fields deep");
    expect(() => limit("{ a { b } }")).toThrow("2 fields deep");
    expect(cache.size).toBe(0);
  });
});
