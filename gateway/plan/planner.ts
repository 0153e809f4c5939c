/**
 * Operation → query plan, by Apollo's planner. Plans depend on the document alone, so they are made
 * once per document and operation name and kept as long as the supergraph lives.
 */
import { type Supergraph, operationFromDocument } from "@apollo/federation-internals";
import { type QueryPlan, QueryPlanner } from "@apollo/query-planner";
import type { DocumentNode } from "graphql";

export type Planner = (document: DocumentNode, operationName: string | undefined) => QueryPlan;

export function createPlanner(supergraph: Supergraph): Planner {
  const planner = new QueryPlanner(supergraph);
  const apiSchema = supergraph.apiSchema();
  // Documents come from Apollo Server's document store, which is bounded: plans go when they go.
  const plans = new WeakMap<DocumentNode, Map<string | undefined, QueryPlan>>();
  return (document, operationName) => {
    const known = plans.get(document) ?? new Map<string | undefined, QueryPlan>();
    plans.set(document, known);
    const plan =
      known.get(operationName) ??
      planner.buildQueryPlan(
        operationFromDocument(apiSchema, document, operationName ? { operationName } : {}),
      );
    known.set(operationName, plan);
    return plan;
  };
}
