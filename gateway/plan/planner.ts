/**
 * Operation → programs, from query plans of Apollo's planner; nearly always one. They depend on the
 * document alone, so they are made once per document and operation name and kept as long as it is.
 */
import { type Supergraph, operationFromDocument } from "@apollo/federation-internals";
import { QueryPlanner } from "@apollo/query-planner";
import { type DocumentNode, getOperationAST, type GraphQLSchema, OperationTypeNode } from "graphql";
import { graphError } from "../errors.ts";
import type { HasKey } from "../supergraph/entity-keys.ts";
import type { ClientNames } from "./client-names.ts";
import { keepObjects } from "./keep-objects.ts";
import { compileProgram, type Program } from "./program.ts";
import { splitDocument } from "./split-document.ts";

/** @returns programs to be run side by side, whose data is to be merged. */
export type Planner = (
  document: DocumentNode,
  operationName: string | undefined,
) => readonly Program[];

export type PlannerOptions = {
  readonly supergraph: Supergraph;
  /** The supergraph's full schema. */
  readonly schema: GraphQLSchema;
  readonly hasKey: HasKey;
  readonly clientNames: ClientNames;
  /** See RequiredArguments. */
  readonly numbers: ReadonlyMap<string, number>;
};

/** @throws GraphQLError UNPLANNABLE for a mutation that would have to be carried out twice. */
function assertOnce(document: DocumentNode, operationName: string | undefined): void {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return;
  const message =
    "This mutation asks for fields that need the same input with different arguments: ask for some of them in a query afterwards.";
  throw graphError("UNPLANNABLE", message, { nodes: operation });
}

export function createPlanner(options: PlannerOptions): Planner {
  const { supergraph, schema, hasKey, clientNames, numbers } = options;
  // One definition a fetch: its text is taken apart when fetches travel together.
  const planner = new QueryPlanner(supergraph, {
    reuseQueryFragments: false,
    generateQueryFragments: false,
  });
  const apiSchema = supergraph.apiSchema();

  function makePrograms(
    document: DocumentNode,
    operationName: string | undefined,
  ): readonly Program[] {
    const named = operationName ? { operationName } : {};
    const parts = splitDocument(document, numbers);
    if (parts.length > 1) assertOnce(document, operationName);
    return parts.map((part) => {
      const asked = keepObjects(clientNames.rename(part));
      const operation = operationFromDocument(apiSchema, asked, named);
      return compileProgram(planner.buildQueryPlan(operation), schema, hasKey);
    });
  }

  // Documents come from bounded stores: programs go when they go.
  const known = new WeakMap<DocumentNode, Map<string | undefined, readonly Program[]>>();
  return (document, operationName) => {
    const ofDocument = known.get(document) ?? new Map<string | undefined, readonly Program[]>();
    known.set(document, ofDocument);
    const programs = ofDocument.get(operationName) ?? makePrograms(document, operationName);
    ofDocument.set(operationName, programs);
    return programs;
  };
}
