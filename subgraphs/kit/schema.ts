/**
 * type-graphql classes → Federation 2 SDL and an executable subgraph schema.
 * type-graphql knows nothing of federation, so the SDL is printed with its directives, given the
 * `@link` header, and built again by @apollo/subgraph with type-graphql's resolvers.
 */
import "reflect-metadata";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { printSchemaWithDirectives } from "@graphql-tools/utils";
import { type GraphQLSchema, lexicographicSortSchema, parse } from "graphql";
import { buildSchemaSync, createResolversMap, type PubSub } from "type-graphql";
import type { AnySubgraph, ClassType } from "./define-subgraph.ts";
import { personalDataHeader, withCategories } from "./personal-data.ts";
import { scalarsMap } from "./scalars.ts";

const federationImports = [
  "@key",
  "@shareable",
  "@external",
  "@requires",
  "@provides",
  "@override",
  "@inaccessible",
  "@interfaceObject",
  "@tag",
  "@authenticated",
  "@requiresScopes",
  "@policy",
  "@cacheTag",
  "@composeDirective",
];

/**
 * `@cacheControl` is Apollo Server's own: it becomes the Cache-Control header and is not composed.
 * Its enum would be, for clients to wonder about, so it is hidden from them.
 */
const cacheControlSdl = `
enum CacheControlScope @inaccessible { PUBLIC PRIVATE }
directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
`;

function header(sdl: string): string {
  const used = federationImports.filter((name) => new RegExp(`${name}\\b`).test(sdl));
  const imports = used.map((name) => `"${name}"`).join(", ");
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: [${imports}])\n`;
}

/** type-graphql wants one; our subscriptions name their source themselves (`subscribe`). */
const noTopics: PubSub = {
  publish() {},
  subscribe() {
    throw new Error("A subscription must have a `subscribe` of its own.");
  },
};

function buildTypeGraphqlSchema(definition: AnySubgraph): GraphQLSchema {
  return buildSchemaSync({
    resolvers: definition.resolvers as [ClassType, ...ClassType[]],
    orphanedTypes: [...definition.orphanedTypes],
    scalarsMap,
    pubSub: noTopics,
    // Validation of values is the rules' part (`*.rules.ts`), where it can be tested without a server.
    validate: false,
    // Directives are printed but not defined here: @apollo/subgraph defines and checks them.
    skipCheck: true,
  });
}

/** type-graphql makes the root types by itself, without a place for their descriptions. */
const rootDescriptions: Readonly<Record<string, string>> = {
  Query: "What can be read.",
  Mutation: "What can be done. The fields of one operation are done one after another.",
  Subscription: "What can be followed as it happens, as a stream of events.",
};

const describeRoots = (sdl: string): string =>
  sdl.replace(
    /^type (Query|Mutation|Subscription)\b/gm,
    (line, name: string) => `"""${rootDescriptions[name]}"""\n${line}`,
  );

const withoutSchemaBlock = (sdl: string): string => sdl.replace(/^schema\s*\{[^}]*\}\s*/m, "");

/** The subgraph's SDL as it is published: sorted, so that diffs show only what changed. */
export function printSubgraphSdl(definition: AnySubgraph): string {
  const schema = lexicographicSortSchema(buildTypeGraphqlSchema(definition));
  const printed = describeRoots(withoutSchemaBlock(printSchemaWithDirectives(schema)));
  // The printer does not know the directive's types and prints its enum value as a string.
  const types = withCategories(printed.replace(/scope: "(PUBLIC|PRIVATE)"/g, "scope: $1"));
  const cacheControl = types.includes("@cacheControl") ? cacheControlSdl : "";
  const personalData = types.includes("@personalData") ? personalDataHeader(types) : "";
  return `${header(types + cacheControl + personalData)}${personalData}${cacheControl}\n${types}\n`;
}

export type SubgraphSchema = { readonly sdl: string; readonly schema: GraphQLSchema };

export function buildSubgraph(definition: AnySubgraph): SubgraphSchema {
  const sdl = printSubgraphSdl(definition);
  const resolvers: Record<string, unknown> = createResolversMap(buildTypeGraphqlSchema(definition));
  for (const [type, resolve] of Object.entries(definition.references)) {
    resolvers[type] = { ...(resolvers[type] as object), __resolveReference: resolve };
  }
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  return { sdl, schema };
}
