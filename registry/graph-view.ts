/** A composed supergraph as the checks look at it: what clients see, and how operations are planned. */
import {
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  Supergraph,
  operationFromDocument,
} from "@apollo/federation-internals";
import { QueryPlanner } from "@apollo/query-planner";
import type { DocumentNode, GraphQLSchema } from "graphql";

export type GraphView = {
  readonly apiSchema: GraphQLSchema;
  /** How often the plan of a valid operation asks subgraphs. */
  readonly countFetches: (document: DocumentNode) => number;
};

type PlanNode = {
  readonly kind: string;
  readonly node?: PlanNode;
  readonly nodes?: readonly PlanNode[];
};

const count = (node: PlanNode | undefined): number =>
  node === undefined
    ? 0
    : (node.kind === "Fetch" ? 1 : 0) +
      count(node.node) +
      (node.nodes ?? []).reduce((sum, one) => sum + count(one), 0);

/** @throws Error when the text is no supergraph. */
export function viewGraph(supergraphSdl: string): GraphView {
  const supergraph = Supergraph.build(supergraphSdl, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  });
  let planner: QueryPlanner | undefined;
  return {
    apiSchema: supergraph.apiSchema().toGraphQLJSSchema(),
    countFetches(document) {
      planner ??= new QueryPlanner(supergraph);
      const plan = planner.buildQueryPlan(operationFromDocument(supergraph.schema, document));
      return count(plan.node);
    },
  };
}
