/**
 * A small federation inside the test: subgraphs as SDL and resolvers, composed for real, run by our
 * execution, with every fetch recorded. No sockets: what is tested is the execution.
 */
import { composeServices } from "@apollo/composition";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { type DocumentNode, graphql, type GraphQLSchema, parse, validate } from "graphql";
import { type DeferredExecution, executeDeferred } from "../../gateway/defer/execute-deferred.ts";
import type { RequestContext } from "../../gateway/context.ts";
import {
  executeOperation,
  type ExecuteOptions,
} from "../../gateway/execution/execute-operation.ts";
import { createDirectFetcher, type Fetcher } from "../../gateway/execution/fetcher.ts";
import type { Invalidate } from "../../gateway/execution/mutate.ts";
import type { SubgraphFetch, SubgraphCall } from "../../gateway/fetch/subgraph-fetch.ts";
import { type Graph, prepareGraph } from "../../gateway/supergraph/graph.ts";
import { silentLog } from "../../platform/log.ts";
import type { Principal } from "../../platform/principal.ts";

export type SubgraphModule = {
  readonly sdl: string;
  readonly resolvers?: object;
  /** The `Cache-Control` of its answers. */
  readonly cacheControl?: string;
};

export const federationHeader = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@requires", "@provides", "@external", "@shareable", "@inaccessible", "@override", "@interfaceObject", "@authenticated", "@requiresScopes", "@policy", "@tag", "@cacheTag", "@context", "@fromContext"])\n`;

/** @throws with the composition errors. */
export function compose(modules: Readonly<Record<string, SubgraphModule>>): string {
  const services = Object.entries(modules).map(([name, { sdl }]) => ({
    name,
    url: `http://${name}.test/graphql`,
    typeDefs: parse(federationHeader + sdl),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join("\n"));
  return supergraphSdl;
}

export type Response = {
  readonly data: any;
  readonly errors: readonly {
    message: string;
    path: readonly (string | number)[];
    extensions: any;
  }[];
  readonly extensions?: any;
};

export type RecordedFetch = Pick<SubgraphCall, "subgraph" | "kind"> & {
  readonly query: string;
  readonly variables: Readonly<Record<string, any>>;
};

export type FederationOptions = {
  /** Default: straight to the subgraphs. */
  readonly fetcherOf?: (graph: Graph) => Fetcher;
  readonly invalidate?: Invalidate;
};

export type Federation = {
  readonly graph: Graph;
  readonly fetches: RecordedFetch[];
  readonly run: (
    query: string,
    options?: {
      variables?: Record<string, unknown>;
      principal?: Principal;
    } & Partial<ExecuteOptions>,
  ) => Promise<Response>;
  /** With `@defer`; undefined when it is to be answered in the ordinary way. */
  readonly defer: (
    query: string,
    variables?: Record<string, unknown>,
  ) => Promise<DeferredExecution | undefined>;
};

export const testContext = (principal?: Principal): RequestContext => ({
  requestId: "test-request",
  clientName: "test",
  clientVersion: "",
  principal,
  deadlineMs: Date.now() + 10_000,
  signal: new AbortController().signal,
  log: silentLog,
});

/** @param intercept Answers instead of the subgraph when it returns something, or fails by throwing. */
export function createFederation(
  modules: Readonly<Record<string, SubgraphModule>>,
  intercept?: (request: RecordedFetch) => ReturnType<SubgraphFetch> | undefined,
  options: FederationOptions = {},
): Federation {
  const graph = prepareGraph(compose(modules));
  const schemas = new Map<string, GraphQLSchema>(
    Object.entries(modules).map(([name, { sdl, resolvers = {} }]) => [
      name,
      buildSubgraphSchema([
        { typeDefs: parse(federationHeader + sdl), resolvers: resolvers as never },
      ]),
    ]),
  );
  const fetches: RecordedFetch[] = [];
  const { fetcherOf = () => createDirectFetcher(() => ({})), invalidate = async () => {} } =
    options;
  const fetch: SubgraphFetch = async ({ subgraph, kind, body }, { principal }) => {
    const { query, variables } = JSON.parse(String(body));
    const request = { subgraph, kind, query, variables };
    fetches.push(request);
    const intercepted = intercept?.(request);
    if (intercepted) return intercepted;
    const schema = schemas.get(request.subgraph);
    if (!schema) throw new Error(`No subgraph "${request.subgraph}".`);
    const { data, errors = [] } = await graphql({
      schema,
      source: request.query,
      variableValues: request.variables,
      contextValue: { principal },
    });
    const answer = JSON.parse(JSON.stringify({ data: data ?? null, errors }));
    const cacheControl = modules[subgraph]?.cacheControl;
    return cacheControl === undefined
      ? answer
      : { ...answer, caching: { cacheControl: errors.length > 0 ? "no-store" : cacheControl } };
  };
  return {
    graph,
    fetches,
    defer(query, variables = {}) {
      const document = parse(query);
      const [invalid] = validate(graph.apiSchema, document);
      if (invalid) throw invalid;
      const request = { document, operationName: undefined, variables };
      const options = { fetch, fetcher: fetcherOf(graph), invalidate, forbiddenFields: "null" };
      return executeDeferred(graph, request, testContext(), options as ExecuteOptions);
    },
    async run(query, { variables = {}, principal, forbiddenFields = "null" } = {}) {
      const document: DocumentNode = parse(query);
      const invalid = validate(graph.apiSchema, document);
      if (invalid[0]) throw invalid[0];
      const request = { document, operationName: undefined, variables };
      const executed = await executeOperation(graph, request, testContext(principal), {
        fetch,
        fetcher: fetcherOf(graph),
        invalidate,
        forbiddenFields,
      });
      const { data, errors } = executed.complete();
      // The two ways of making the response must never differ, whatever a test is about.
      const { extensions } = executed;
      const whole = JSON.stringify({
        data,
        ...(errors.length > 0 ? { errors } : {}),
        ...(extensions ? { extensions } : {}),
      });
      if (executed.toJson().body.toString() !== whole)
        throw new Error(`Written: ${executed.toJson().body.toString()}\nCompleted: ${whole}`);
      return { data, errors, ...(extensions ? { extensions } : {}) };
    },
  };
}
