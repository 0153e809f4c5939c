/**
 * Operation → program, from a query plan of Apollo's planner. Programs depend on the document alone, so they are made
 * once per document and operation name and kept as long as the supergraph lives.
 */
import { type Supergraph, operationFromDocument } from "@apollo/federation-internals";
import { QueryPlanner } from "@apollo/query-planner";
import type { DocumentNode, GraphQLSchema } from "graphql";
import type { HasKey } from "../supergraph/entity-keys.ts";
import { keepObjects } from "./keep-objects.ts";
import { compileProgram, type Program } from "./program.ts";

export type Planner = (document: DocumentNode, operationName: string | undefined) => Program;

export function createPlanner(
  supergraph: Supergraph,
  schema: GraphQLSchema,
  hasKey: HasKey,
): Planner {
  // One definition a fetch: its text is taken apart when fetches travel together.
  const planner = new QueryPlanner(supergraph, {
    reuseQueryFragments: false,
    generateQueryFragments: false,
  });
  const apiSchema = supergraph.apiSchema();
  // Documents come from Apollo Server's document store, which is bounded: programs go when they go.
  const programs = new WeakMap<DocumentNode, Map<string | undefined, Program>>();
  return (document, operationName) => {
    const known = programs.get(document) ?? new Map<string | undefined, Program>();
    programs.set(document, known);
    const found = known.get(operationName);
    if (found) return found;
    const named = operationName ? { operationName } : {};
    const operation = operationFromDocument(apiSchema, keepObjects(document), named);
    const program = compileProgram(planner.buildQueryPlan(operation), schema, hasKey);
    known.set(operationName, program);
    return program;
  };
}
