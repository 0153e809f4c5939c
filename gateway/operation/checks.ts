/**
 * Walks one operation, with its fragments written out, and lists the fields that need something,
 * whoever asks. Depends on the document, the schema and the rules alone, so it is done once.
 */
import {
  getNamedType,
  Kind,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { graphError } from "../errors.ts";
import { createConditionReader, type Condition } from "./conditions.ts";
import { responseKeyOf } from "../plan/client-names.ts";
import type { Need, Scope } from "./scope.ts";

export type PathStep = {
  /** Response key: the alias, or the field's name. */
  readonly key: string;
  /** Object types of the parent for which the key was asked here. */
  readonly on: readonly string[];
};

/** What a field needs, and where it stands. */
export type Check = {
  /** `Agency.bills`: the type that the field is written on, and its name in the schema. */
  readonly coordinate: string;
  /** From the root; lists do not show. */
  readonly path: readonly PathStep[];
  /** Every `@skip` and `@include` over it, its own included. */
  readonly conditions: readonly Condition[];
  readonly needs: readonly Need[];
};

/**
 * @param operation without fragment spreads.
 * @returns the fields that need anything at all.
 * @throws GraphQLError GRAPHQL_VALIDATION_FAILED for a type or field that the schema does not have.
 */
export function collectChecks(
  operation: OperationDefinitionNode,
  root: Scope,
): ReadonlyMap<FieldNode, Check> {
  const checks = new Map<FieldNode, Check>();
  const conditionsOf = createConditionReader(operation);

  function walk(
    set: SelectionSetNode,
    scope: Scope,
    path: readonly PathStep[],
    outer: readonly Condition[],
  ): void {
    for (const selection of set.selections) {
      const own = conditionsOf(selection);
      const conditions = own.length > 0 ? [...outer, ...own] : outer;
      if (selection.kind === Kind.FIELD) visitField(selection, scope, path, conditions);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        const narrowed = condition === undefined ? scope : scope.narrow(condition);
        if (!narrowed) throw unknown(`type "${condition}"`);
        walk(selection.selectionSet, narrowed, path, conditions);
      } else throw unknown(`spread of "${selection.name.value}": fragments are inlined first`);
    }
  }

  function visitField(
    field: FieldNode,
    scope: Scope,
    above: readonly PathStep[],
    conditions: readonly Condition[],
  ): void {
    const name = field.name.value;
    const path = [...above, { key: responseKeyOf(field), on: scope.possible }];
    const needs = scope.needs(name);
    const coordinate = `${getNamedType(scope.type).name}.${name}`;
    if (needs.length > 0) checks.set(field, { coordinate, path, conditions, needs });
    // No rule can stand on the schema's description of itself.
    if (!field.selectionSet || name === "__schema" || name === "__type") return;
    const below = scope.below(name);
    if (!below) throw unknown(`field "${coordinate}"`);
    walk(field.selectionSet, below, path, conditions);
  }

  walk(operation.selectionSet, root, [], []);
  return checks;
}

const unknown = (what: string) =>
  graphError(
    "GRAPHQL_VALIDATION_FAILED",
    `Unknown ${what}. Validate the document before it is authorized.`,
  );
