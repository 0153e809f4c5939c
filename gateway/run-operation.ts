/**
 * The way of an operation that is already admitted: no parsing, no validation, no second tree; what
 * was fetched is written straight as the answer's text. All others, and everything that is refused,
 * go through Apollo Server (apollo-server.ts).
 */
import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import { encodePrincipal } from "../platform/principal.ts";
import type { RequestContext } from "./context.ts";
import type { Executed, OperationRequest } from "./execution/execute-operation.ts";
import type { GraphQLAnswer, GraphQLRequest } from "./http/graphql-request.ts";
import type { AdmittedOperations } from "./operation/admitted.ts";
import type { AnswerCaching } from "./http/answer-headers.ts";
import type { Made, ResponseCache } from "./response-cache/response-cache.ts";
import type { InFlight } from "./operation/in-flight.ts";
import type { Graph } from "./supergraph/graph.ts";
import type { NoteUse } from "./usage/use-counts.ts";

export type RunAdmitted = (
  request: GraphQLRequest,
  context: RequestContext,
  http: { readonly method: "GET" | "POST" },
) => Promise<GraphQLAnswer | undefined>;

/** The answer to one, or to many that asked the same at the same time; undefined: the long way. */
export type Answered = GraphQLAnswer | undefined;

/** How long the answer may be used by whom. */
export const cachingOf = ({ record }: Executed, hasErrors: boolean): AnswerCaching => ({
  freshness: hasErrors ? undefined : record.freshness(),
  isStale: record.stale().length > 0,
});

export type RunAdmittedDeps = {
  /** Undefined: everybody is answered by work of their own. */
  readonly inFlight: InFlight<Answered> | undefined;
  /** Undefined: no whole answers are kept. */
  readonly responses: ResponseCache | undefined;
  /** What has been invalidated so far; undefined while that cannot be known. */
  readonly epoch: () => string | undefined;
  readonly current: () => Graph | undefined;
  /** Told of every operation that is answered. */
  readonly recordUse: NoteUse;
  /** Told of every query, by its text and variables. */
  readonly noteQuery: (
    operation: { readonly query: string; readonly operationName?: string } & Pick<
      GraphQLRequest,
      "variables"
    >,
    context: RequestContext,
  ) => void;
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

/** A stored answer knows no name: operations of different names may share it. */
const named = (answer: Answered, operationName: string | undefined): Answered =>
  answer && operationName !== undefined ? { ...answer, operationName } : answer;

/** @returns undefined for what has to take the long way. */
export function createRunAdmitted(deps: RunAdmittedDeps): RunAdmitted {
  const { inFlight, responses, epoch, noteQuery, recordUse } = deps;

  async function run(
    graph: Graph,
    operation: OperationRequest,
    name: string | undefined,
    context: RequestContext,
  ): Promise<Made> {
    try {
      const executed = await deps.execute(graph, operation, context);
      const { body, errors } = executed.toJson();
      const codes = errors.map(({ extensions }) => String(extensions["code"]));
      const caching = cachingOf(executed, codes.length > 0);
      const answer: GraphQLAnswer = {
        body,
        hasData: true,
        httpStatus: 200,
        ...(name === undefined ? {} : { operationName: name }),
        outcome: codes.length > 0 ? "errors" : "ok",
        errorCodes: [...new Set(codes)],
        caching,
      };
      // An answer that tells how old a part of it was is for now only.
      const freshness = executed.extensions ? undefined : caching.freshness;
      return { answer, freshness, tags: executed.record.tags() };
    } catch (error) {
      // Refused before anything was fetched: the long way words it.
      if (error instanceof GraphQLError) return undefined;
      throw error;
    }
  }

  async function respond(
    graph: Graph,
    document: DocumentNode,
    node: OperationDefinitionNode,
    request: GraphQLRequest,
    context: RequestContext,
  ): Promise<Answered> {
    const { operationName, variables = {} } = request;
    const operation = { document, operationName, variables };
    const name = node.name?.value;
    const make = (by: RequestContext) => run(graph, operation, name, by);
    if (node.operation !== OperationTypeNode.QUERY || context.explain)
      return (await make(context))?.answer;
    const query = document.loc?.source.body;
    if (query !== undefined)
      noteQuery(
        { query, variables, ...(operationName === undefined ? {} : { operationName }) },
        context,
      );
    const kept = responses?.of(graph, document, operationName, context.principal);
    // Below the flights of the cache nothing is to be shared once more.
    if (kept?.isProven) return named(await kept.answer(variables, context, make), name);
    const answer = async (by: RequestContext): Promise<Answered> =>
      kept ? kept.answer(variables, by, make) : (await make(by))?.answer;
    const now = epoch();
    if (!inFlight || now === undefined) return answer(context);
    const { principal } = context;
    const who = principal ? encodePrincipal(principal) : "";
    return inFlight.join(`${now} ${who}${keyOf(graph, request)}`, context.signal, (signal) =>
      answer({ ...context, signal }),
    );
  }

  return async (request, context, { method }) => {
    const graph = deps.current();
    const document = graph && find(deps, graph, request);
    if (!graph || !document) return undefined;
    const { operationName } = request;
    const node = getOperationAST(document, operationName);
    if (!node || (method === "GET" && node.operation !== OperationTypeNode.QUERY)) return undefined;
    const answered = await respond(graph, document, node, request, context);
    if (answered) recordUse(graph, document, operationName, context);
    return answered;
  };
}
