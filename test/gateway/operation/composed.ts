/** Supergraphs of small subgraphs, composed as in production, for the tests of authorization. */
import { composeServices } from "@apollo/composition";
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from "@apollo/federation-internals";
import { parse, validate, type DocumentNode, type GraphQLSchema } from "graphql";
import type { Principal } from "../../../platform/principal.ts";
import { readAccessRules } from "../../../gateway/operation/access-rules.ts";
import { createAuthorizer } from "../../../gateway/operation/authorize.ts";

const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@inaccessible", "@interfaceObject", "@authenticated", "@requiresScopes", "@policy"])\n`;

/** SDL of subgraphs, with or without their own `@link` → supergraph SDL. */
export function compose(...subgraphs: string[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map((sdl, index) => ({
      name: `s${index}`,
      url: `http://s${index}`,
      typeDefs: parse(sdl.includes("@link") ? sdl : header + sdl),
    })),
  );
  if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join("\n"));
  return supergraphSdl;
}

// Supergraph.build refuses a supergraph with access directives unless they are said to be supported.
export const apiSchemaOf = (supergraphSdl: string): GraphQLSchema =>
  Supergraph.build(supergraphSdl, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  })
    .apiSchema()
    .toGraphQLJSSchema();

/** An authorizer of composed subgraphs, which takes valid operations as text. */
export function authorizerOf(supergraphSdl: string) {
  const schema = apiSchemaOf(supergraphSdl);
  const authorize = createAuthorizer(schema, readAccessRules(supergraphSdl));
  const documents = new Map<string, DocumentNode>();
  return function run(source: string, principal?: Principal, operationName?: string) {
    const document = documents.get(source) ?? parse(source);
    documents.set(source, document);
    const errors = validate(schema, document);
    if (errors[0]) throw errors[0];
    return authorize(document, operationName, principal);
  };
}

export const principal = (rights: Partial<Principal> = {}): Principal => ({
  kind: "person",
  id: "person-amal",
  scopes: [],
  policies: [],
  ...rights,
});
