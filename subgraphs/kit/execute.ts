/**
 * Runs GraphQL requests of one subgraph on Apollo Server, which also turns `@cacheControl` into the
 * Cache-Control header. What a mutation made stale leaves as `extensions.invalidation`. Unforeseen errors are logged and masked: no SQL and no stack leaves here.
 */
import { ApolloServer, type GraphQLRequest } from "@apollo/server";
import { unwrapResolverError } from "@apollo/server/errors";
import { type GraphQLFormattedError, GraphQLError, type GraphQLSchema } from "graphql";
import { partPolicies } from "./part-policies.ts";
import type { Log } from "../../platform/log.ts";
import type { Invalidations } from "./invalidation.ts";

export type SubgraphAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

type Invalidating = { readonly invalidations: Invalidations };

export type ExecuteSubgraphRequest<Context extends Invalidating> = (
  request: GraphQLRequest,
  context: Context,
) => Promise<SubgraphAnswer>;

function maskUnforeseen(name: string, log: Log) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = unwrapResolverError(error);
    if (original instanceof GraphQLError) return formatted;
    log.error({ err: original, path: formatted.path }, "unforeseen error");
    return {
      ...formatted,
      message: `Something went wrong in "${name}". Try again; if it stays, report it with the request id.`,
      extensions: { code: "INTERNAL_SERVER_ERROR" },
    };
  };
}

export async function createExecute<Context extends Invalidating>(options: {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly log: Log;
}): Promise<{ execute: ExecuteSubgraphRequest<Context>; stop: () => Promise<void> }> {
  const { name, schema, log } = options;
  const server = new ApolloServer<Context>({
    schema,
    // The gateway persists operations; here everything is signed and arrives whole.
    persistedQueries: false,
    csrfPrevention: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    formatError: maskUnforeseen(name, log),
    plugins: [partPolicies<Context>()],
    logger: {
      debug() {},
      info() {},
      warn: (text) => log.warn(text),
      error: (text) => log.error(text),
    },
  });
  await server.start();
  return {
    stop: () => server.stop(),
    async execute(request, context) {
      const { body, http } = await server.executeOperation(request, { contextValue: context });
      const result = body.kind === "single" ? body.singleResult : body.initialResult;
      const stale = context.invalidations.list();
      const extensions =
        stale.length > 0 ? { ...result.extensions, invalidation: stale } : undefined;
      return {
        status: http.status ?? 200,
        headers: Object.fromEntries(http.headers),
        body: JSON.stringify(extensions ? { ...result, extensions } : result),
      };
    },
  };
}
