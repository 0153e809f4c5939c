/**
 * A document without its `@skip` and `@include`. Fetched by it is more than was asked for, and answered what was:
 * a way out where the planner fails because of them. Never for mutations, whose fields have effects.
 */
import {
  type DocumentNode,
  getOperationAST,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from "graphql";

const isMutation = (operation: OperationDefinitionNode | null | undefined): boolean =>
  operation?.operation === OperationTypeNode.MUTATION;

/** @returns undefined where there are none, or where they have to stay. */
export function withoutConditions(
  document: DocumentNode,
  operationName: string | undefined,
): DocumentNode | undefined {
  if (isMutation(getOperationAST(document, operationName))) return undefined;
  let isChanged = false;
  const plain = visit(document, {
    Directive({ name }) {
      if (name.value !== "skip" && name.value !== "include") return undefined;
      isChanged = true;
      return null;
    },
  });
  return isChanged ? plain : undefined;
}
