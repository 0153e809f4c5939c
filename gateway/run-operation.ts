/**
 * The way of an operation that is already admitted: no parsing, no validation, no second tree; what
 * was fetched is written straight as the answer's text. All others, and everything that is refused,
 * go through Apollo Server (apollo-server.ts).
 */
import { type DocumentNode, getOperationAST, GraphQLError } from "graphql";
import type { RequestContext } from "./context.ts";
import type { Executed, OperationRequest } from "./execution/execute-operation.ts";
import type { GraphQLAnswer, GraphQLRequest } from "./http/graphql-request.ts";
import type { AdmittedOperations } from "./operation/admitted.ts";
import type { Graph } from "./supergraph/graph.ts";

export type RunAdmitted = (
  request: GraphQLRequest,
  context: RequestContext,
  http: { readonly method: "GET" | "POST" },
) => Promise<GraphQLAnswer | undefined>;

export type RunAdmittedDeps = {
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
  const hash = (persisted as { sha256Hash?: unknown } | null)?.sha256Hash;
  // A text beside the hash is to be registered, after its hash was checked.
  return query === undefined && typeof hash === "string" ? admitted.byHash(graph, hash) : undefined;
}

/** @returns undefined for what has to take the long way. */
export function createRunAdmitted(deps: RunAdmittedDeps): RunAdmitted {
  return async (request, context, { method }) => {
    const graph = deps.current();
    const document = graph && find(deps, graph, request);
    if (!graph || !document) return undefined;
    const { operationName, variables = {} } = request;
    const operation = getOperationAST(document, operationName);
    if (!operation || (method === "GET" && operation.operation !== "query")) return undefined;
    try {
      const executed = await deps.execute(graph, { document, operationName, variables }, context);
      const { body, errors } = executed.toJson();
      const codes = errors.map(({ extensions }) => String(extensions["code"]));
      const name = operation.name?.value;
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
  };
}
