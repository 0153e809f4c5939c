import { buildSchema, GraphQLSchema } from "graphql";
import { describe, expect, it } from "vitest";
import { readAccessRules } from "../../../gateway/operation/access-rules.ts";
import { apiSchemaOf, compose } from "./composed.ts";

const authenticated = { kind: "authenticated" };
const scopes = (...anyOf: string[][]) => ({ kind: "scopes", anyOf });
const policies = (...anyOf: string[][]) => ({ kind: "policies", anyOf });

const everyPlace = `
  type Query { bill: Bill @authenticated place: Place level: Level open: Int }
  type Bill @requiresScopes(scopes: [["billing:read"], ["admin"]]) {
    id: ID
    amount: Int @policy(policies: [["own-data", "adult"]]) @authenticated
  }
  scalar Place @authenticated
  enum Level @policy(policies: [["staff"]]) { LOW HIGH }
`;

const linked = (links: string, body: string): string => `
  schema @link(url: "https://specs.apollo.dev/link/v1.0") ${links} { query: Query }
  ${body}
`;

describe("what is read", () => {
  it("reads each directive from objects, fields, scalars and enums of a composed supergraph", () => {
    const { types, fields } = readAccessRules(compose(everyPlace));
    expect(Object.fromEntries(types)).toEqual({
      Bill: [scopes(["billing:read"], ["admin"])],
      Place: [authenticated],
      Level: [policies(["staff"])],
    });
    expect(Object.fromEntries(fields)).toEqual({
      "Query.bill": [authenticated],
      "Bill.amount": expect.arrayContaining([authenticated, policies(["own-data", "adult"])]),
    });
  });

  it("reads the same from a schema that keeps its AST nodes", () => {
    const sdl = compose(everyPlace);
    expect(readAccessRules(buildSchema(sdl))).toEqual(readAccessRules(sdl));
  });

  it("refuses a schema without AST nodes, whose directives are lost", () => {
    const lost = new GraphQLSchema(apiSchemaOf(compose(everyPlace)).toConfig());
    const bare = new GraphQLSchema({ ...lost.toConfig(), astNode: null, extensionASTNodes: [] });
    expect(() => readAccessRules(bare)).toThrow("was not built from supergraph SDL");
  });

  it("joins the rules of several subgraphs on one type", () => {
    const { types } = readAccessRules(
      compose(
        `type Query { a: Int } type Bill @key(fields: "id") @requiresScopes(scopes: [["x"]]) { id: ID a: Int }`,
        `type Bill @key(fields: "id") @requiresScopes(scopes: [["y"]]) @authenticated { id: ID b: Int }`,
      ),
    );
    expect(types.get("Bill")).toEqual(expect.arrayContaining([authenticated, scopes(["x", "y"])]));
  });

  it("keeps one object for equal rules", () => {
    const { fields } = readAccessRules(
      compose(`type Query { a: Int @authenticated b: Int @authenticated }`),
    );
    expect(fields.get("Query.a")?.[0]).toBe(fields.get("Query.b")?.[0]);
  });

  it("takes a single value for a list of one, as GraphQL does", () => {
    const { fields } = readAccessRules(
      linked(
        "",
        `type Query { a: Int @requiresScopes(scopes: ["x", "y"]) b: Int @policy(policies: "p") }`,
      ),
    );
    expect(fields.get("Query.a")).toEqual([scopes(["x"], ["y"])]);
    expect(fields.get("Query.b")).toEqual([policies(["p"])]);
  });

  it("reads type extensions", () => {
    const { types, fields } = readAccessRules(
      linked(
        "",
        `type Query @policy(policies: [["p"]]) { a: Int }
         extend type Query @authenticated { b: Int @authenticated }`,
      ),
    );
    expect(types.get("Query")).toEqual([policies(["p"]), authenticated]);
    expect(fields.get("Query.b")).toEqual([authenticated]);
  });

  it("refuses a rule that it cannot read", () => {
    for (const use of [
      "@requiresScopes",
      "@requiresScopes(scopes: [[1]])",
      "@policy(policies: null)",
    ])
      expect(() => readAccessRules(linked("", `type Query { a: Int ${use} }`))).toThrow(
        "on Query.a needs an argument",
      );
  });
});

describe("names", () => {
  it("follows a directive that subgraphs import under another name", () => {
    const sdl = compose(`
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
        import: [{ name: "@authenticated", as: "@signedIn" }, { name: "@policy", as: "@rule" }])
      type Query { a: Int @signedIn b: Int @rule(policies: [["p"]]) }
    `);
    expect(sdl).toContain("@signedIn");
    const { fields } = readAccessRules(sdl);
    expect(fields.get("Query.a")).toEqual([authenticated]);
    expect(fields.get("Query.b")).toEqual([policies(["p"])]);
  });

  it("follows a specification linked under another name", () => {
    const { fields } = readAccessRules(
      linked(
        `@link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "login", for: SECURITY)`,
        `type Query { a: Int @login }`,
      ),
    );
    expect(fields.get("Query.a")).toEqual([authenticated]);
  });

  it("enforces a directive of a usual name that no link explains", () => {
    expect(readAccessRules(linked("", `type Query { a: Int @authenticated }`)).fields.size).toBe(1);
  });

  it("leaves alone a directive of that name that belongs to another specification", () => {
    const { fields } = readAccessRules(
      linked(
        `@link(url: "https://example.org/insurance/v1.0", import: ["@policy"])`,
        `type Query { a: Int @policy(number: 4) }`,
      ),
    );
    expect(fields.size).toBe(0);
  });

  it("refuses a version that it does not understand, rather than serve without protection", () => {
    expect(() =>
      readAccessRules(
        linked(`@link(url: "https://specs.apollo.dev/policy/v1.0")`, `type Query { a: Int }`),
      ),
    ).toThrow("understands version 0 of policy only");
  });
});

describe("interfaces", () => {
  it("drops the rules that composition derives from the implementing types", () => {
    const sdl = compose(`
      type Query { node: Node }
      interface Node { id: ID amount: Int }
      type Bill implements Node { id: ID amount: Int @requiresScopes(scopes: [["a"], ["b"]]) }
      type Fine implements Node @authenticated { id: ID amount: Int @requiresScopes(scopes: [["c"]]) }
    `);
    expect(sdl).toMatch(/interface Node\s+@join__type\(graph: S0\)\s+@authenticated/);
    const { types, fields } = readAccessRules(sdl);
    expect([...types.keys()]).toEqual(["Fine"]);
    expect([...fields.keys()].sort()).toEqual(["Bill.amount", "Fine.amount"]);
  });

  it("gives a rule written on an interface, as older compositions allowed, to its implementing types", () => {
    const { types, fields } = readAccessRules(
      linked(
        "",
        `type Query { node: Node }
         interface Node @authenticated { id: ID @policy(policies: [["p"]]) amount: Int @requiresScopes(scopes: [["a"]]) }
         type Bill implements Node { id: ID amount: Int @requiresScopes(scopes: [["b"]]) }
         type Fine implements Node { id: ID amount: Int }`,
      ),
    );
    expect([...types.keys()].sort()).toEqual(["Bill", "Fine", "Node"]);
    expect(fields.get("Fine.id")).toEqual([policies(["p"])]);
    expect(fields.get("Fine.amount")).toEqual([scopes(["a"])]);
    expect(fields.get("Bill.amount")).toEqual([scopes(["b"]), scopes(["a"])]);
  });

  it("the rules of an interface object reach every implementing type", () => {
    const { fields } = readAccessRules(
      compose(
        `type Query { node: Node }
         interface Node @key(fields: "id") { id: ID }
         type Bill implements Node @key(fields: "id") { id: ID }
         type Fine implements Node @key(fields: "id") { id: ID }`,
        `type Node @key(fields: "id") @interfaceObject { id: ID note: String @authenticated }`,
      ),
    );
    expect(fields.get("Bill.note")).toEqual([authenticated]);
    expect(fields.get("Fine.note")).toEqual([authenticated]);
  });
});
