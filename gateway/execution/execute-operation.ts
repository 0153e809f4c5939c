/**
 * One operation from document to response: variables, authorisation, plan, fetches, completion.
 * Everything that depends on the document alone is kept by what it is asked of (graph.ts).
 */
import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import type { RequestContext } from "../context.ts";
import { graphError } from "../errors.ts";
import type { SubgraphFetch } from "../fetch/subgraph-fetch.ts";
import { refusal } from "../operation/forbidden.ts";
import type { Graph } from "../supergraph/graph.ts";
import { createEntityFetch } from "./batch-entities.ts";
import { type CollectOptions, createCollector, type FieldGroup } from "./collect-fields.ts";
import { complete, type Completed } from "./complete.ts";
import { createFailures } from "./failures.ts";
import { fragmentsOf } from "../operation/fragments.ts";
import { executeIntrospection } from "./introspection.ts";
import type { DataRecord } from "./records.ts";
import { runProgram } from "./run-program.ts";

export type OperationRequest = {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
};

export type ExecuteOptions = {
  readonly fetch: SubgraphFetch;
  /** What happens to an operation with fields that the principal may not see. */
  readonly forbiddenFields: "null" | "refuse";
};

/** Values with defaults filled in. @throws GraphQLError BAD_USER_INPUT that names every wrong variable. */
function coerceVariables(
  graph: Graph,
  operation: OperationDefinitionNode,
  given: OperationRequest["variables"],
): Readonly<Record<string, unknown>> {
  const definitions = operation.variableDefinitions ?? [];
  const result = getVariableValues(graph.apiSchema, definitions, given, {
    maxErrors: 10,
  });
  if (result.coerced) return result.coerced;
  const messages = result.errors.map(({ message }) => message);
  throw graphError("BAD_USER_INPUT", messages.join(" "), {
    nodes: result.errors[0]?.nodes ?? null,
  });
}

/** Planning found nothing to fetch, yet a field is asked for that only a subgraph could give. */
function assertPlannable(groups: readonly FieldGroup[]): void {
  const asked = groups.find((group) => !group.name.startsWith("__") && !group.removal);
  if (!asked) return;
  const message = `No subgraph can answer "${asked.key}": what it asks for has no implementation.`;
  throw graphError("UNPLANNABLE", message, { nodes: [...asked.nodes] });
}

/**
 * @throws GraphQLError OPERATION_RESOLUTION_FAILURE, BAD_USER_INPUT, UNPLANNABLE, or FORBIDDEN / UNAUTHENTICATED when forbidden
 * fields refuse the whole operation. Faults of subgraphs become errors of the response.
 */
export async function executeOperation(
  graph: Graph,
  request: OperationRequest,
  context: RequestContext,
  options: ExecuteOptions,
): Promise<Completed> {
  const { operationName } = request;
  const operation = getOperationAST(request.document, operationName);
  if (!operation) {
    const message = operationName
      ? `The document has no operation named "${operationName}".`
      : "The document has several operations, or none: say which one in `operationName`.";
    throw graphError("OPERATION_RESOLUTION_FAILURE", message);
  }
  const rootType = graph.apiSchema.getRootType(operation.operation);
  if (!rootType || operation.operation === OperationTypeNode.SUBSCRIPTION) {
    const message = `This graph has no ${operation.operation}s: ask for a query or a mutation.`;
    throw graphError("GRAPHQL_VALIDATION_FAILED", message);
  }
  const variables = coerceVariables(graph, operation, request.variables);
  const verdict = graph.authorize(request.document, operationName, context.principal);
  const filtered = verdict.kind === "filtered" ? verdict : undefined;
  if (filtered && options.forbiddenFields === "refuse") {
    const refused = refusal(filtered.forbidden, variables);
    if (refused) throw refused;
  }
  // What the client asked for, and what of it is carried out.
  const asked = filtered?.original ?? request.document;
  const carriedOut = filtered ? filtered.document : request.document;

  const schema = graph.apiSchema;
  const fragments = fragmentsOf(asked);
  const askedOperation = getOperationAST(asked, operationName) ?? operation;
  const removed: CollectOptions["removed"] = filtered?.removed ?? new Map();
  const scope = { schema, fragments, variables, removed };
  const collect = createCollector(scope, [askedOperation.selectionSet]);

  const failures = createFailures();
  const { supergraphSchema, hasKey } = graph;
  const { fetch } = options;
  const program = carriedOut ? graph.plan(carriedOut, operationName) : undefined;
  if (program?.steps.length === 0) assertPlannable(collect(rootType.name));
  let data: DataRecord = {};
  if (program) {
    const entityFetch = createEntityFetch(fetch, context, program);
    const run = { supergraphSchema, hasKey, fetch, entityFetch, context, variables, failures };
    data = await runProgram(run, program);
  }
  const introspection = carriedOut
    ? executeIntrospection(schema, carriedOut, operationName, variables)
    : {};
  return complete({ schema, rootType, collect, variables, failures, introspection }, data);
}

/** A response's errors as graphql-js has them. */
export const toGraphQLErrors = ({ errors }: Completed): GraphQLError[] =>
  errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }));
