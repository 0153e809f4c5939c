/**
 * Wires a gateway from its configuration: store, supergraph, transport to subgraphs, Apollo Server,
 * HTTP. Only wiring: what each part does is said in its own file.
 */
import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { startGraphQLServer } from "./apollo-server.ts";
import { createMemoryStore } from "./cache/memory-store.ts";
import { createRedisStore } from "./cache/redis-store.ts";
import type { Config } from "./config.ts";
import {
  executeOperation,
  type OperationRequest,
  toGraphQLErrors,
} from "./execution/execute-operation.ts";
import { createFetchStack } from "./fetch/subgraph-fetch-stack.ts";
import { subgraphOptionsSchema } from "./fetch/subgraph-options.ts";
import { createHttpServer } from "./http/server.ts";
import { createAuthenticate, openJwks, refuseTokens } from "./identity/authenticate.ts";
import { createAdmittedOperations } from "./operation/admitted.ts";
import { createReadiness } from "./readiness.ts";
import { createRunAdmitted } from "./run-operation.ts";
import { createCityGateway } from "./supergraph/apollo-gateway.ts";
import type { Graph } from "./supergraph/graph.ts";
import { sourceOf } from "./supergraph/source.ts";
import type { RequestContext } from "./context.ts";

export type RunningGateway = {
  readonly url: string;
  /** Answers what is under way, then closes everything. */
  readonly stop: () => Promise<void>;
};

async function openAuthenticate(config: Config, clock: Clock) {
  const {
    JWKS_URL,
    JWT_ISSUER: issuer,
    JWT_AUDIENCE: audience,
    JWT_ALGORITHMS: algorithms,
  } = config;
  if (!JWKS_URL || !issuer || !audience) return refuseTokens;
  return createAuthenticate({
    getKey: await openJwks(JWKS_URL),
    issuer,
    audience,
    algorithms,
    clock,
  });
}

/** @throws SupergraphError, PortTakenError or the JWKS file's error when the gateway cannot start. */
export async function startGateway(
  config: Config,
  log: Log,
  clock: Clock = systemClock,
): Promise<RunningGateway> {
  const store = config.REDIS_URL
    ? createRedisStore({ url: config.REDIS_URL, log })
    : createMemoryStore();
  const subgraphOptions = subgraphOptionsSchema.parse({
    timeoutMs: config.SUBGRAPH_TIMEOUT_MS,
    maxResponseBytes: config.MAX_SUBGRAPH_RESPONSE_BYTES,
  });
  const subgraphs = createFetchStack({
    urlOf: (subgraph) =>
      config.SUBGRAPH_URLS.get(subgraph) ?? gateway.current()?.routingUrls.get(subgraph),
    optionsOf: () => subgraphOptions,
    signingKey: config.SIGNING_KEY?.reveal(),
    clock,
  });
  const { fetch } = subgraphs;
  const forbiddenFields = config.FORBIDDEN_FIELDS;
  const admitted = createAdmittedOperations();
  const execute = (graph: Graph, request: OperationRequest, context: RequestContext) =>
    executeOperation(graph, request, context, { fetch, forbiddenFields });
  const gateway = createCityGateway({
    source: sourceOf(config.SUPERGRAPH),
    async execute(graph, { document, source, queryHash, request, context }) {
      admitted.add(graph, source, queryHash, document);
      const { operationName, variables = {} } = request;
      const operation = { document, operationName, variables };
      const executed = await execute(graph, operation, context as RequestContext);
      const completed = executed.complete();
      const errors = toGraphQLErrors(completed);
      return { data: completed.data, ...(errors.length > 0 ? { errors } : {}) };
    },
    log,
  });
  const limits = {
    depth: config.MAX_DEPTH,
    aliases: config.MAX_ALIASES,
    rootFields: config.MAX_ROOT_FIELDS,
    tokens: config.MAX_TOKENS,
    introspection: config.INTROSPECTION,
  };
  const { current } = gateway;
  const runAdmitted = createRunAdmitted({ current, admitted, execute });
  const graphql = await startGraphQLServer({ gateway, store, limits, log, runAdmitted });
  const ready = createReadiness({ current, fetch, store: store.kind, clock, log });
  const http = createHttpServer(
    {
      execute: graphql.execute,
      authenticate: await openAuthenticate(config, clock),
      ready,
      newRequestId: randomUUID,
      clock,
      log,
    },
    {
      path: config.GRAPHQL_PATH,
      cors: { origins: config.CORS_ORIGINS },
      maxBodyBytes: config.MAX_BODY_BYTES,
      maxHeaderBytes: config.MAX_HEADER_BYTES,
      requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
      drainTimeoutMs: config.REQUEST_TIMEOUT_MS,
    },
  );
  const { HOST: host, PORT } = config;
  const port = await http.start({ host, port: PORT, portSetting: "--port or PORT" });
  return {
    url: `http://${host}:${port}${config.GRAPHQL_PATH}`,
    async stop() {
      await http.drain({ graceMs: config.DRAIN_GRACE_MS });
      await graphql.stop();
      await subgraphs.close();
      await store.close();
    },
  };
}
