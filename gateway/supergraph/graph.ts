/**
 * A supergraph made ready to execute: checked, with its API schema, planner and routing URLs.
 * Making one is the check: what does not become a graph is never taken up.
 */
import { createHash } from "node:crypto";
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from "@apollo/federation-internals";
import type { GraphQLSchema } from "graphql";
import { type Authorizer, createAuthorizer } from "../operation/authorize.ts";
import { type AccessRules, readAccessRules } from "../operation/access-rules.ts";
import { type CacheSchema, readCacheSchema } from "../entity-cache/cache-schema.ts";
import { type ClientNames, createClientNames } from "../plan/client-names.ts";
import { createPlanner, type Planner } from "../plan/planner.ts";
import { type DeclaredScopes, readDeclaredScopes } from "./declared-scopes.ts";
import { type HasKey, readEntityKeys } from "./entity-keys.ts";
import { readRequiredArguments } from "./required-arguments.ts";
import { resolvableKeysFirst } from "./resolvable-keys-first.ts";

export type Graph = {
  readonly supergraphSdl: string;
  /** First 12 hex digits of the SDL's SHA-256: names a supergraph in logs and on /ready. */
  readonly id: string;
  /** What clients see. */
  readonly apiSchema: GraphQLSchema;
  /** Everything, `@inaccessible` elements included. */
  readonly supergraphSchema: GraphQLSchema;
  readonly hasKey: HasKey;
  readonly clientNames: ClientNames;
  readonly plan: Planner;
  readonly authorize: Authorizer;
  readonly accessRules: AccessRules;
  readonly cacheSchema: CacheSchema;
  /** Scopes that each subgraph asks for. */
  readonly declaredScopes: DeclaredScopes;
  /** Routing URL by subgraph name, as composed. */
  readonly routingUrls: ReadonlyMap<string, string>;
};

// With access directives among them: Apollo's gateway refuses those, because it cannot enforce them.
const supportedFeatures = ROUTER_SUPPORTED_SUPERGRAPH_FEATURES;

export class SupergraphError extends Error {
  override readonly name = "SupergraphError";
}

/** @throws SupergraphError that says what is wrong with the SDL. */
export function prepareGraph(supergraphSdl: string): Graph {
  try {
    const supergraph = Supergraph.build(resolvableKeysFirst(supergraphSdl), { supportedFeatures });
    const apiSchema = supergraph.apiSchema().toGraphQLJSSchema({ includeDefer: true });
    const routingUrls = [...supergraph.subgraphsMetadata()].map(
      ({ name, url }) => [name, url] as const,
    );
    const supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    const hasKey = readEntityKeys(supergraphSdl);
    const { names, numbers } = readRequiredArguments(supergraphSdl);
    const clientNames = createClientNames(names);
    const accessRules = readAccessRules(supergraphSdl);
    return {
      supergraphSdl,
      id: createHash("sha256").update(supergraphSdl).digest("hex").slice(0, 12),
      apiSchema,
      supergraphSchema,
      hasKey,
      clientNames,
      plan: createPlanner({
        supergraph,
        apiSchema,
        schema: supergraphSchema,
        hasKey,
        clientNames,
        numbers,
      }),
      authorize: createAuthorizer(apiSchema, accessRules),
      accessRules,
      cacheSchema: readCacheSchema(supergraphSdl, supergraphSchema),
      declaredScopes: readDeclaredScopes(supergraphSdl, accessRules),
      routingUrls: new Map(routingUrls),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SupergraphError(`This is not a supergraph that can be served: ${reason}`, {
      cause: error,
    });
  }
}
