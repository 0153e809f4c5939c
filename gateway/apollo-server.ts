/**
 * Apollo Server as the pipeline of an operation: persisted operations, limits, parsing, validation,
 * its plugins, then our execution behind the gateway interface. It sees no HTTP: gateway/http does.
 */
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from "@apollo/server";
import { unwrapResolverError } from "@apollo/server/errors";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { getOperationAST, GraphQLError, type GraphQLFormattedError } from "graphql";
import { LRUCache } from "lru-cache";
import type { Log } from "../platform/log.ts";
import type { Store } from "./cache/store.ts";
import type { RequestContext } from "./context.ts";
import { httpStatusOf } from "./errors.ts";
import type { AnswerCaching } from "./http/answer-headers.ts";
import type { ExecuteRequest } from "./http/graphql-request.ts";
import { createLimiter, type Limits } from "./operation/limits.ts";
import type { RunAdmitted } from "./run-operation.ts";
import type { CityGateway } from "./supergraph/apollo-gateway.ts";

export type GraphQLServerOptions = {
  readonly gateway: CityGateway;
  /** Keeps automatic persisted queries. */
  readonly store: Store;
  readonly limits: Partial<Limits>;
  readonly log: Log;
  readonly plugins?: readonly ApolloServerPlugin<RequestContext>[];
  /** The short way of operations that have been here before. Not taken when there are plugins. */
  readonly runAdmitted: RunAdmitted;
  /** How long the answer to a request may be used, known after its execution. */
  readonly cachingOf: (context: RequestContext) => AnswerCaching | undefined;
};

export type GraphQLServer = {
  readonly execute: ExecuteRequest;
  readonly stop: () => Promise<void>;
};

const persistedQueryTtlSeconds = 24 * 60 * 60;

function maskUnforeseen(log: Log) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    if (unwrapResolverError(error) instanceof GraphQLError) return formatted;
    log.error({ err: error }, "unforeseen error");
    return {
      message:
        "Something went wrong in the gateway. Try again; if it stays, report it with the request id.",
      extensions: { code: "INTERNAL_SERVER_ERROR" },
    };
  };
}

/** A refusal that Apollo Server did not see. */
function refuse(error: GraphQLFormattedError): Awaited<ReturnType<ExecuteRequest>> {
  const code = String(error.extensions?.["code"]);
  return {
    body: JSON.stringify({ errors: [error] }),
    hasData: false,
    httpStatus: httpStatusOf(code),
    outcome: "refused",
    errorCodes: [code],
  };
}

/** @throws SupergraphError when the first supergraph cannot be served. */
export async function startGraphQLServer(options: GraphQLServerOptions): Promise<GraphQLServer> {
  const { gateway, store, limits, log, plugins = [], runAdmitted, cachingOf } = options;
  const mask = maskUnforeseen(log);
  const server = new ApolloServer<RequestContext>({
    gateway,
    nodeEnv: "production",
    // The limiter decides on introspection, before any work is done.
    introspection: true,
    hideSchemaDetailsFromClientErrors: limits.introspection === false,
    persistedQueries: {
      ttl: persistedQueryTtlSeconds,
      cache: {
        get: store.get,
        set: (key, value) => store.set(key, value, persistedQueryTtlSeconds),
        delete: async (key) => store.delete(key),
      },
    },
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    formatError: mask,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ...plugins,
    ],
    logger: {
      debug() {},
      info() {},
      warn: (message) => log.warn(String(message)),
      error: (message) => log.error(String(message)),
    },
  });
  await server.start();
  const limit = createLimiter({ limits, cache: new LRUCache({ max: 1_000 }) });

  return {
    stop: () => server.stop(),
    async execute(request, context, { method }) {
      if (plugins.length === 0) {
        const answer = await runAdmitted(request, context, { method }).catch((error: unknown) =>
          refuse(mask({ message: "" }, error)),
        );
        if (answer) return answer;
      }
      // Before parsing and validation, which can themselves be attacked. A text that is known by its
      // hash passed here when it was registered.
      let { operationName } = request;
      try {
        const document = request.query ? limit(request.query) : undefined;
        operationName ??= document && getOperationAST(document)?.name?.value;
      } catch (error) {
        if (error instanceof GraphQLError) return refuse(error.toJSON());
        throw error;
      }
      const http = { method, headers: new HeaderMap(), search: "", body: undefined };
      const operation = { ...request, http };
      const response = await server.executeOperation(operation, { contextValue: context });
      const { body } = response;
      const result = body.kind === "single" ? body.singleResult : body.initialResult;
      const codes = (result.errors ?? []).map(({ extensions }) => String(extensions?.["code"]));
      const hasData = result.data !== undefined;
      const caching = codes.length === 0 ? cachingOf(context) : undefined;
      return {
        ...(caching ? { caching } : {}),
        body: JSON.stringify(result),
        hasData,
        // Apollo Server refuses a mutation by GET with a code of its own.
        httpStatus: hasData ? 200 : response.http.status === 405 ? 405 : httpStatusOf(codes[0]),
        ...(operationName ? { operationName } : {}),
        outcome: !hasData ? "refused" : codes.length > 0 ? "errors" : "ok",
        errorCodes: [...new Set(codes)],
      };
    },
  };
}
