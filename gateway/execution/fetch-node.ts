/** Carries out one step of a program: asks the subgraph, merges its data, puts its errors in their places. */
import type { FetchNode } from "@apollo/query-planner";
import { type GraphQLSchema, OperationTypeNode } from "graphql";
import type { RequestContext } from "../context.ts";
import {
  type SubgraphErrorEntry,
  SubgraphFailure,
  type SubgraphFetch,
  type SubgraphResult,
} from "../fetch/subgraph-fetch.ts";
import type { HasKey } from "../supergraph/entity-keys.ts";
import type { Step } from "../plan/program.ts";
import type { EntityFetch } from "./batch-entities.ts";
import type { Failure, Failures } from "./failures.ts";
import { isRecord, mergeInto } from "./records.ts";
import { collectRepresentations, type Position } from "./representations.ts";
import { applyRewrites } from "./rewrites.ts";

/** What all nodes of one operation share. */
export type Run = {
  readonly supergraphSchema: GraphQLSchema;
  readonly hasKey: HasKey;
  readonly fetch: SubgraphFetch;
  readonly entityFetch: EntityFetch;
  readonly context: RequestContext;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly failures: Failures;
};

function toFailure(error: SubgraphErrorEntry, subgraph: string): Failure {
  const code = error.extensions?.["code"];
  return {
    message: error.message,
    extensions: {
      ...withoutInternals(error.extensions),
      code: typeof code === "string" ? code : "DOWNSTREAM_SERVICE_ERROR",
      subgraph,
    },
  };
}

/** A partner's server may send its stack along; clients never see it. */
function withoutInternals(extensions: SubgraphErrorEntry["extensions"]) {
  const { stacktrace: _stacktrace, exception: _exception, ...rest } = extensions ?? {};
  return rest;
}

function pickVariables(node: FetchNode, variables: Run["variables"]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of node.variableUsages ?? []) {
    if (Object.hasOwn(variables, name)) picked[name] = variables[name];
  }
  return picked;
}

async function ask(
  run: Run,
  step: Step,
  representations?: readonly unknown[],
): Promise<SubgraphResult | Failure> {
  const { node } = step;
  const { serviceName: subgraph, operation: query, operationName } = node;
  const picked = pickVariables(node, run.variables);
  const variables = representations ? { ...picked, representations } : picked;
  const kind = node.operationKind === OperationTypeNode.MUTATION ? "mutation" : "query";
  try {
    const request = { subgraph, kind, query, operationName, variables } as const;
    return await (representations
      ? run.entityFetch.send(step, request)
      : run.fetch(request, run.context));
  } catch (error) {
    if (!(error instanceof SubgraphFailure)) throw error;
    const { code, message } = error;
    run.context.log.warn({ subgraph, code, err: error.cause }, "a subgraph fetch failed");
    return { message, extensions: { code, subgraph } };
  }
}

const isFailure = (result: SubgraphResult | Failure): result is Failure => !("data" in result);

function noteAll(run: Run, positions: readonly Position[], failure: Failure): void {
  for (const { entity } of positions) run.failures.note(entity, failure);
}

async function fetchRoot(run: Run, step: Step, positions: readonly Position[]): Promise<void> {
  const { node } = step;
  const result = await ask(run, step);
  if (isFailure(result)) return noteAll(run, positions, result);
  for (const error of result.errors) {
    const failure = toFailure(error, node.serviceName);
    if (!error.path?.length) noteAll(run, positions, failure);
    else run.failures.errors.push({ ...failure, path: error.path });
  }
  if (!result.data) return;
  applyRewrites(run.supergraphSchema, node.outputRewrites, result.data);
  for (const { entity } of positions) mergeInto(run.supergraphSchema, entity, result.data);
}

async function fetchEntities(run: Run, step: Step, positions: readonly Position[]): Promise<void> {
  const { node } = step;
  const { sent, positions: places } = collectRepresentations(run, node, positions);
  if (sent.length === 0) return run.entityFetch.skip(step);
  const result = await ask(run, step, sent);
  if (isFailure(result)) return noteAll(run, places.flat(), result);
  for (const error of result.errors) placeEntityError(run, node, places, error);
  const entities = result.data?.["_entities"];
  if (result.data === null) return;
  if (!Array.isArray(entities) || entities.length !== sent.length) {
    const message = `"${node.serviceName}" answered with a list of entities that does not fit the question.`;
    const extensions = { code: "SUBGRAPH_INVALID_RESPONSE", subgraph: node.serviceName };
    return noteAll(run, places.flat(), { message, extensions });
  }
  entities.forEach((entity: unknown, index) => {
    if (!isRecord(entity)) {
      for (const place of places[index] ?? []) run.failures.noteUnknown(place.entity);
      return;
    }
    applyRewrites(run.supergraphSchema, node.outputRewrites, entity);
    const [first, ...others] = places[index] ?? [];
    // Each place gets objects of its own: later fetches write into them.
    for (const place of others)
      mergeInto(run.supergraphSchema, place.entity, structuredClone(entity));
    if (first) mergeInto(run.supergraphSchema, first.entity, entity);
  });
}

/** `["_entities", 2, "price"]` → the path of that entity in each place of the client's answer. */
function placeEntityError(
  run: Run,
  node: FetchNode,
  places: readonly (readonly Position[])[],
  error: SubgraphErrorEntry,
): void {
  const failure = toFailure(error, node.serviceName);
  const index = error.path?.[1];
  const inEntity = error.path?.slice(2) ?? [];
  if (typeof index !== "number") return noteAll(run, places.flat(), failure);
  const hit = places[index] ?? [];
  if (inEntity.length === 0) return noteAll(run, hit, failure);
  for (const { path } of hit)
    run.failures.errors.push({ ...failure, path: [...path, ...inEntity] });
}

/** Never rejects for a subgraph's fault: what went wrong is noted in `run.failures`. */
export function fetchNode(run: Run, step: Step, positions: readonly Position[]): Promise<void> {
  return step.node.requires ? fetchEntities(run, step, positions) : fetchRoot(run, step, positions);
}
