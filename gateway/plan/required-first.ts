/**
 * Whether a plan asks for a field with `@requires` where what it requires can be at hand: at the top of an
 * entity fetch that sends it. Apollo's planner now and then moves such a field into the fetch before, when
 * that one is of the same subgraph, and so before the fetch of what it requires (planner.ts plans again).
 */
import { FieldDefinition, type Supergraph } from "@apollo/federation-internals";
import type { PlanNode, QueryPlan, QueryPlanSelectionNode } from "@apollo/query-planner";
import { Kind, parse, type SelectionSetNode } from "graphql";

/** Names of required fields by subgraph and name of the field that requires them; several types may have it. */
type Required = ReadonlyMap<string, readonly (readonly string[])[]>;

const namesIn = (set: SelectionSetNode): readonly string[] =>
  set.selections.flatMap((one) =>
    one.kind === Kind.FIELD
      ? [one.name.value]
      : one.kind === Kind.INLINE_FRAGMENT
        ? namesIn(one.selectionSet)
        : [],
  );

function readRequired(supergraph: Supergraph): Required {
  const required = new Map<string, (readonly string[])[]>();
  for (const subgraph of supergraph.subgraphs().values()) {
    const directive = subgraph.metadata().requiresDirective();
    for (const application of directive.applications()) {
      const field = application.parent;
      const [set] = parse(`{ ${String(application.arguments().fields)} }`).definitions;
      if (!(field instanceof FieldDefinition) || set?.kind !== Kind.OPERATION_DEFINITION) continue;
      const key = `${subgraph.name} ${field.name}`;
      required.set(key, [...(required.get(key) ?? []), namesIn(set.selectionSet)]);
    }
  }
  return required;
}

const sentNames = (selections: readonly QueryPlanSelectionNode[]): readonly string[] =>
  selections.flatMap((one) =>
    one.kind === "Field" ? [one.alias ?? one.name] : sentNames(one.selections),
  );

/** It goes by names, not types: it can be too careful, never too careless. */
export function createOrderCheck(supergraph: Supergraph): (plan: QueryPlan) => boolean {
  const required = readRequired(supergraph);

  function isAtHand(set: SelectionSetNode, subgraph: string, sent: readonly string[]): boolean {
    return set.selections.every((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD) return true;
      if (one.kind === Kind.INLINE_FRAGMENT) return isAtHand(one.selectionSet, subgraph, sent);
      const needs = required.get(`${subgraph} ${one.name.value}`);
      if (needs && !needs.some((names) => names.every((name) => sent.includes(name)))) return false;
      const { selectionSet } = one;
      if (!selectionSet) return true;
      return isAtHand(selectionSet, subgraph, one.name.value === "_entities" ? sent : []);
    });
  }

  function isOrdered(node: PlanNode | undefined): boolean {
    if (!node) return true;
    switch (node.kind) {
      case "Fetch": {
        const sent = sentNames(node.requires ?? []);
        return parse(node.operation, { noLocation: true }).definitions.every(
          (definition) =>
            definition.kind !== Kind.OPERATION_DEFINITION ||
            isAtHand(definition.selectionSet, node.serviceName, sent),
        );
      }
      case "Sequence":
      case "Parallel":
        return node.nodes.every(isOrdered);
      case "Flatten":
        return isOrdered(node.node);
      case "Condition":
        return isOrdered(node.ifClause) && isOrdered(node.elseClause);
      default:
        return true;
    }
  }

  return ({ node }) =>
    required.size === 0 || !node || node.kind === "Subscription" || isOrdered(node);
}
