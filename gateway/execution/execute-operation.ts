/**
 * One operation from document to response: variables, authorisation, program, fetches, completion.
 * What depends on the document alone is prepared once and kept as long as the document is.
 */
import { type DocumentNode, GraphQLError, type OperationDefinitionNode } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import type { RequestContext } from "../context.ts";
import { graphError } from "../errors.ts";
import type { SubgraphFetch } from "../fetch/subgraph-fetch.ts";
import { refusal } from "../operation/forbidden.ts";
import type { Sharing } from "../plan/place.ts";
import { keepArgumentsApart } from "../plan/keep-arguments-apart.ts";
import type { Plan } from "../plan/planner.ts";
import { settleMutation } from "../plan/settle-mutation.ts";
import type { Graph } from "../supergraph/graph.ts";
import { type CollectOptions, createCollector, type FieldGroup } from "./collect-fields.ts";
import { complete, type Completed } from "./complete.ts";
import { type AnswerRecord, createAnswerRecord } from "./answer-record.ts";
import { createExplanation } from "./explain.ts";
import { createFailures, type ResponseError } from "./failures.ts";
import type { Fetcher } from "./fetcher.ts";
import type { Invalidate } from "./mutate.ts";
import { executeIntrospection } from "./introspection.ts";
import { mergePart } from "./merge-part.ts";
import { prepareOperation } from "./prepare-operation.ts";
import { createOutput, take, writeAscii } from "./output.ts";
import type { DataRecord } from "./records.ts";
import { inputNames } from "./told-errors.ts";
import type { WriteAnswer } from "./write-json.ts";
import { runProgram } from "./run-program.ts";

/** Long for a healthy subgraph, short for somebody who waits for an answer. */
const patienceMs = 250;

export type OperationRequest = {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
};

export type ExecuteOptions = {
  readonly fetch: SubgraphFetch;
  readonly fetcher: Fetcher;
  readonly invalidate: Invalidate;
  /** What happens to an operation with fields that the principal may not see. */
  readonly forbiddenFields: "null" | "refuse";
};

/** What was fetched; the response is made of it in the form that is wanted. */
export type Executed = {
  readonly complete: () => Completed;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
  /** Of what it was made: for caches of whole answers, here and on the way to the client. */
  readonly record: AnswerRecord;
  /** The whole response as JSON in UTF-8. */
  readonly toJson: () => { readonly body: Buffer; readonly errors: readonly ResponseError[] };
};

/** Values with defaults filled in. @throws GraphQLError BAD_USER_INPUT that names every wrong variable. */
export function coerceVariables(
  graph: Graph,
  operation: OperationDefinitionNode,
  given: OperationRequest["variables"],
): Readonly<Record<string, unknown>> {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return {};
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

const output = createOutput();

/** The whole response; undefined when something about the data is irregular. */
function writeAnswer(
  write: WriteAnswer,
  data: DataRecord,
  isShared: Sharing["at"],
): Buffer | undefined {
  output.isShared = isShared;
  writeAscii(output, '{"data":');
  const isRegular = write(data, output);
  writeAscii(output, "}");
  const written = take(output);
  return isRegular ? written : undefined;
}

const nothing: Plan = { programs: [], values: {} };
const nothingRemoved: CollectOptions["removed"] = new Map();

/**
 * @throws GraphQLError OPERATION_RESOLUTION_FAILURE, BAD_USER_INPUT, UNPLANNABLE, or FORBIDDEN / UNAUTHENTICATED when forbidden
 * fields refuse the whole operation. Faults of subgraphs become errors of the response.
 */
export async function executeOperation(
  graph: Graph,
  request: OperationRequest,
  context: RequestContext,
  options: ExecuteOptions,
): Promise<Executed> {
  const { operationName } = request;
  const document = keepArgumentsApart(request.document);
  const prepared = prepareOperation(graph, document, operationName);
  const variables = coerceVariables(graph, prepared.operation, request.variables);
  const verdict = graph.authorize(document, operationName, context.principal);
  const filtered = verdict.kind === "filtered" ? verdict : undefined;
  if (filtered && options.forbiddenFields === "refuse") {
    const refused = refusal(filtered.forbidden, variables);
    if (refused) throw refused;
  }
  // What the client asked for, and what of it is carried out.
  const asked = filtered ? prepareOperation(graph, filtered.original, operationName) : prepared;
  const allowed = filtered ? filtered.document : document;
  const carriedOut = allowed && settleMutation(allowed, operationName, variables);

  const { apiSchema: schema, supergraphSchema, hasKey, clientNames } = graph;
  const { rootType, fragments, operation } = asked;
  const removed = filtered?.removed ?? nothingRemoved;
  const collect = createCollector({ schema, fragments, variables, removed, clientNames }, [
    operation.selectionSet,
  ]);

  const failures = createFailures();
  const sharing: Sharing = { at: [], below: [] };
  const { programs, values } = carriedOut ? graph.plan(carriedOut, operationName) : nothing;
  if (carriedOut && programs.every(({ steps }) => steps.length === 0))
    assertPlannable(collect(rootType.name));
  const explanation = context.explain ? createExplanation(() => performance.now()) : undefined;
  const record = createAnswerRecord();
  const { fetch, fetcher, invalidate } = options;
  const asking = {
    fetch,
    fetcher,
    invalidate,
    record,
    context,
    variables: { ...variables, ...values },
    explanation,
  };
  const scope = { supergraphSchema, hasKey, failures };
  const [data = {}, ...parts] = await Promise.all(
    programs.map((program, index) => {
      const own = index === 0 ? sharing : { at: [], below: [] };
      return runProgram({ ...asking, ...scope, sharing: own, patienceMs }, program);
    }),
  );
  for (const part of parts) mergePart(scope, data, part);
  const introspection =
    carriedOut && prepared.hasIntrospection
      ? executeIntrospection(schema, carriedOut, operationName, variables)
      : {};

  const completed = (): Completed =>
    complete(
      {
        schema,
        supergraphSchema,
        rootType,
        collect,
        variables,
        failures,
        introspection,
        inputs: inputNames(programs),
      },
      data,
    );
  const stale = record.stale();
  const extensions =
    explanation || stale.length > 0
      ? {
          ...(stale.length > 0 ? { stale } : {}),
          ...(explanation ? { explain: explanation.toExtension() } : {}),
        }
      : undefined;
  return {
    record,
    complete: completed,
    extensions,
    toJson() {
      const write =
        carriedOut && !filtered && !extensions && failures.isEmpty()
          ? prepared.writer(variables, programs)
          : undefined;
      const written = write && writeAnswer(write, data, sharing.at);
      if (written) return { body: written, errors: [] };
      const { data: answer, errors } = completed();
      const response = {
        data: answer,
        ...(errors.length > 0 ? { errors } : {}),
        ...(extensions ? { extensions } : {}),
      };
      return { body: Buffer.from(JSON.stringify(response)), errors };
    },
  };
}

/** A response's errors as graphql-js has them. */
export const toGraphQLErrors = ({ errors }: Completed): GraphQLError[] =>
  errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }));
