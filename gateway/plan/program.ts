/**
 * A query plan as a list of steps: each fetch with the place of its entities, the conditions over it,
 * the steps that it follows and its level (the longest way to it). The tree of the plan says the same,
 * but hides which fetches of different branches could travel together: those of one subgraph and level.
 */
import type { FetchNode, PlanNode, QueryPlan } from "@apollo/query-planner";
import { graphError } from "../errors.ts";

export type Condition = { readonly variable: string; readonly value: boolean };

export type Step = {
  /** Index in the program: every step follows only steps of lower index. */
  readonly index: number;
  readonly node: FetchNode;
  /** Where its entities are in the merged data; "@" stands for every item of a list. Empty: the root. */
  readonly path: readonly string[];
  /** All must hold for the step to be carried out. */
  readonly conditions: readonly Condition[];
  /** Indexes of the steps that must have ended before. */
  readonly after: readonly number[];
  /** 0 for steps that follow none. */
  readonly level: number;
  /** Steps of one group are entity fetches of one subgraph and level. A root fetch is alone in its own. */
  readonly group: number;
};

export type Program = { readonly steps: readonly Step[]; readonly groupSizes: readonly number[] };

type Scope = {
  readonly path: readonly string[];
  readonly conditions: readonly Condition[];
  readonly after: readonly number[];
};

/** A part without steps ends when what is before it has ended. */
const orBefore = (ends: readonly number[], { after }: Scope): readonly number[] =>
  ends.length > 0 ? [...new Set(ends)] : after;

/** @throws GraphQLError GRAPHQL_VALIDATION_FAILED for a plan with `@defer` or a subscription. */
export function compileProgram(plan: QueryPlan): Program {
  const steps: Step[] = [];
  const groups = new Map<string, number>();
  const groupSizes: number[] = [];

  function addStep(node: FetchNode, { path, conditions, after }: Scope): number {
    const index = steps.length;
    const level = Math.max(-1, ...after.map((before) => steps[before]?.level ?? 0)) + 1;
    const key = node.requires ? `${level} ${node.serviceName}` : `root ${index}`;
    const group = groups.get(key) ?? groups.size;
    groups.set(key, group);
    groupSizes[group] = (groupSizes[group] ?? 0) + 1;
    steps.push({ index, node, path, conditions, after, level, group });
    return index;
  }

  /** @returns the steps that whatever follows this part must wait for. */
  function walk(node: PlanNode, scope: Scope): readonly number[] {
    switch (node.kind) {
      case "Fetch":
        return [addStep(node, scope)];
      case "Sequence": {
        let after = scope.after;
        for (const part of node.nodes) after = walk(part, { ...scope, after });
        return after;
      }
      case "Parallel":
        return orBefore(
          node.nodes.flatMap((part) => walk(part, scope)),
          scope,
        );
      case "Flatten":
        return walk(node.node, { ...scope, path: [...scope.path, ...node.path.map(String)] });
      case "Condition": {
        const variable = node.condition;
        const clause = (part: PlanNode | undefined, value: boolean) =>
          part
            ? walk(part, { ...scope, conditions: [...scope.conditions, { variable, value }] })
            : [];
        return orBefore([...clause(node.ifClause, true), ...clause(node.elseClause, false)], scope);
      }
      // Unless `@defer` is enabled in the planner, no plan has this node.
      default:
        throw graphError("GRAPHQL_VALIDATION_FAILED", "@defer is not supported: leave it out.");
    }
  }

  if (plan.node?.kind === "Subscription") {
    throw graphError("GRAPHQL_VALIDATION_FAILED", "Subscriptions are not supported here.");
  }
  if (plan.node) walk(plan.node, { path: [], conditions: [], after: [] });
  return { steps, groupSizes };
}
