/** Walks a query plan and runs its fetches: one after another, or at once, where the plan says so. */
import type { PlanNode, QueryPlan } from "@apollo/query-planner";
import { graphError } from "../errors.ts";
import { fetchNode, type Run } from "./fetch-node.ts";
import type { DataRecord } from "./records.ts";
import { flatten, type Position } from "./representations.ts";

async function runNode(run: Run, node: PlanNode, positions: readonly Position[]): Promise<void> {
  if (positions.length === 0) return;
  switch (node.kind) {
    case "Sequence":
      for (const step of node.nodes) await runNode(run, step, positions);
      return;
    case "Parallel":
      await Promise.all(node.nodes.map((step) => runNode(run, step, positions)));
      return;
    case "Flatten":
      return runNode(run, node.node, flatten(positions, node.path));
    case "Condition": {
      const clause = run.variables[node.condition] === true ? node.ifClause : node.elseClause;
      return clause ? runNode(run, clause, positions) : undefined;
    }
    case "Fetch":
      return fetchNode(run, node, positions);
    case "Defer":
      throw graphError("GRAPHQL_VALIDATION_FAILED", "@defer is not supported: leave it out.");
  }
}

/** @returns the merged data of all fetches; what is missing is explained in `run.failures`. */
export async function runPlan(run: Run, plan: QueryPlan): Promise<DataRecord> {
  const root: DataRecord = {};
  if (plan.node?.kind === "Subscription") {
    throw graphError("GRAPHQL_VALIDATION_FAILED", "Subscriptions are not supported here.");
  }
  if (plan.node) await runNode(run, plan.node, [{ entity: root, path: [] }]);
  return root;
}
