import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import { expect, test } from "vitest";
import { partPolicies } from "../../../subgraphs/kit/part-policies.ts";

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  enum CacheControlScope { PUBLIC PRIVATE }
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT
  type Query {
    news: News @cacheControl(maxAge: 60)
    other: News @cacheControl(maxAge: 60)
    me: Person
  }
  type News @key(fields: "id") @cacheControl(maxAge: 60) { id: ID! title: String views: Int @cacheControl(maxAge: 5) }
  type Person @key(fields: "id") @cacheControl(maxAge: 0, scope: PRIVATE) { id: ID! name: String }`;

const reference = { __resolveReference: ({ id }: { id: string }) => ({ id }) };

async function ask(query: string, variables = {}) {
  const resolvers = {
    Query: { news: () => ({ id: "1" }), other: () => ({ id: "2" }), me: () => ({ id: "3" }) },
    News: { ...reference, title: () => "title", views: () => 7 },
    Person: { ...reference, name: () => "Amal" },
  };
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]);
  const server = new ApolloServer({
    schema,
    plugins: [partPolicies(), ApolloServerPluginInlineTraceDisabled()],
  });
  const { body, http } = await server.executeOperation({ query, variables });
  await server.stop();
  const result: any = body.kind === "single" ? body.singleResult : undefined;
  expect(result.errors).toBeUndefined();
  return {
    header: http.headers.get("cache-control"),
    hints: result.extensions?.cacheControl?.hints,
  };
}

test("parts that agree are told by the header alone", async () => {
  expect(await ask("{ news { title } other { title } }")).toEqual({
    header: "max-age=60, public",
    hints: undefined,
  });
});

test("each root field has its own policy where they differ", async () => {
  expect(await ask("{ news { title } me { name } }")).toEqual({
    header: "no-store",
    hints: [
      { path: ["news"], maxAge: 60, scope: "PUBLIC" },
      { path: ["me"], maxAge: 0, scope: "PRIVATE" },
    ],
  });
});

test("what is asked for inside a part limits the part, and no other", async () => {
  expect((await ask("{ a: news { title } b: other { title views } }")).hints).toEqual([
    { path: ["a"], maxAge: 60, scope: "PUBLIC" },
    { path: ["b"], maxAge: 5, scope: "PUBLIC" },
  ]);
});

test("entities of different kinds have the policies of their kinds", async () => {
  const query = `query($a: [_Any!]!, $b: [_Any!]!) {
    _entities0: _entities(representations: $a) { ... on News { title } }
    _entities1: _entities(representations: $b) { ... on Person { name } }
  }`;
  const variables = {
    a: [{ __typename: "News", id: "1" }],
    b: [{ __typename: "Person", id: "3" }],
  };
  expect((await ask(query, variables)).hints).toEqual([
    { path: ["_entities0"], maxAge: 60, scope: "PUBLIC" },
    { path: ["_entities1"], maxAge: 0, scope: "PRIVATE" },
  ]);
});
