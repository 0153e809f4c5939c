/**
 * The way of an operation that is already admitted: no parsing, no validation, no second tree; what
 * was fetched is written straight as the answer's text. All others, and everything that is refused,
 * go through Apollo Server (apollo-server.ts).
 */
import { type DocumentNode, getOperationAST, GraphQLError, OperationTypeNode } from "graphql";
import { encodePrincipal } from "../platform/principal.ts";
import type { RequestContext } from "./context.ts";
import type { Executed, OperationRequest } from "./execution/execute-operation.ts";
import type { GraphQLAnswer, GraphQLRequest } from "./http/graphql-request.ts";
import type { AdmittedOperations } from "./operation/admitted.ts";
import type { InFlight } from "./operation/in-flight.ts";
import type { Graph } from "./supergraph/graph.ts";

export type RunAdmitted = (
  request: GraphQLRequest,
  context: RequestContext,
  http: { readonly method: "GET" | "POST" },
) => Promise<GraphQLAnswer | undefined>;

/** The answer to one, or to many that asked the same at the same time; undefined: the long way. */
export type Answered = GraphQLAnswer | undefined;

export type RunAdmittedDeps = {
  /** Undefined: everybody is answered by work of their own. */
  readonly inFlight: InFlight<Answered> | undefined;
  readonly current: () => Graph | undefined;
  readonly admitted: AdmittedOperations;
  readonly execute: (
    graph: Graph,
    request: OperationRequest,
    context: RequestContext,
  ) => Promise<Executed>;
};

function find(
  { admitted }: RunAdmittedDeps,
  graph: Graph,
  { query, extensions }: GraphQLRequest,
): DocumentNode | undefined {
  const persisted = extensions?.["persistedQuery"];
  if (persisted === undefined)
    return query === undefined ? undefined : admitted.byText(graph, query);
  const { sha256Hash: hash } = Object(persisted) as { sha256Hash?: unknown };
  // A text beside the hash is to be registered, after its hash was checked.
  return query === undefined && typeof hash === "string" ? admitted.byHash(graph, hash) : undefined;
}

/** Equal for requests that must get equal answers: the same principal with the same rights asks the same. */
const keyOf = (graph: Graph, { query, operationName, variables, extensions }: GraphQLRequest) =>
  JSON.stringify([graph.id, query, operationName, variables, extensions]);

/** @returns undefined for what has to take the long way. */
export function createRunAdmitted(deps: RunAdmittedDeps): RunAdmitted {
  const { inFlight } = deps;

  async function run(
    graph: Graph,
    operation: OperationRequest,
    name: string | undefined,
    context: RequestContext,
  ): Promise<Answered> {
    try {
      const executed = await deps.execute(graph, operation, context);
      const { body, errors } = executed.toJson();
      const codes = errors.map(({ extensions }) => String(extensions["code"]));
      return {
        body,
        hasData: true,
        httpStatus: 200,
        ...(name === undefined ? {} : { operationName: name }),
        outcome: codes.length > 0 ? "errors" : "ok",
        errorCodes: [...new Set(codes)],
      };
    } catch (error) {
      // Refused before anything was fetched: the long way words it.
      if (error instanceof GraphQLError) return undefined;
      throw error;
    }
  }

  return async (request, context, { method }) => {
    const graph = deps.current();
    const document = graph && find(deps, graph, request);
    if (!graph || !document) return undefined;
    const { operationName, variables = {} } = request;
    const node = getOperationAST(document, operationName);
    const isQuery = node?.operation === OperationTypeNode.QUERY;
    if (!node || (method === "GET" && !isQuery)) return undefined;
    const operation = { document, operationName, variables };
    const name = node.name?.value;
    if (!inFlight || !isQuery || context.explain) return run(graph, operation, name, context);
    const { principal } = context;
    const key = (principal ? encodePrincipal(principal) : "") + keyOf(graph, request);
    return inFlight.join(key, context.signal, (signal) =>
      run(graph, operation, name, { ...context, signal }),
    );
  };
}
