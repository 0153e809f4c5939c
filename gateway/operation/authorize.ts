/**
 * Enforces the access rules on an operation, before it is planned. Enters: a valid document that
 * passed the limits, and who asks. Leaves: "allowed", or the operation without what is forbidden
 * and what to say about each forbidden field.
 *
 * For whoever completes the answer: walk `original` (the operation with its fragments written out,
 * so that each FieldNode has one parent type) over the data, and look each FieldNode up in
 * `removed`. A response key asked for by several FieldNodes is refused when all of them are
 * removed; if one is left, the value was fetched for it and may be shown. A removed field is null.
 * Its errors are its `forbidden`, but for those whose conditions leave them out (conditions.ts).
 */
import {
  getOperationAST,
  Kind,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { LRUCache } from "lru-cache";
import type { Principal } from "../../platform/principal.ts";
import { graphError } from "../errors.ts";
import type { AccessRules } from "./access-rules.ts";
import { collectChecks, type Check } from "./checks.ts";
import { filterOperation, type Removal } from "./filter.ts";
import { judge, type Forbidden } from "./forbidden.ts";
import { inlineFragments } from "./inline-fragments.ts";
import { satisfies, type Rule } from "./rule.ts";
import { createScopes, type Scope } from "./scope.ts";

export type Authorization =
  | { readonly kind: "allowed" }
  | {
      readonly kind: "filtered";
      /** The one operation as asked, fragments written out; its FieldNodes are the keys of `removed`. */
      readonly original: DocumentNode;
      /** The same object for the same rights, so that a plan can be cached by it. Undefined: nothing is left to fetch. */
      readonly document: DocumentNode | undefined;
      readonly forbidden: readonly Forbidden[];
      readonly removed: ReadonlyMap<FieldNode, Removal>;
    };

/** @throws GraphQLError OPERATION_RESOLUTION_FAILURE when the document has no such operation. */
export type Authorizer = (
  document: DocumentNode,
  operationName: string | undefined,
  principal: Principal | undefined,
) => Authorization;

const allowed: Authorization = Object.freeze({ kind: "allowed" });

/** Answers kept for one operation: one for each set of its rules that a caller met. */
const answersPerOperation = 64;

type Prepared = {
  readonly original: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly checks: ReadonlyMap<FieldNode, Check>;
  /** The rules that the operation touches, each once. */
  readonly rules: readonly Rule[];
  readonly answers: LRUCache<string, Authorization>;
};

function prepare(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  root: Scope,
): Prepared | undefined {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const original = inlineFragments({ ...document, definitions: [operation, ...fragments] });
  const inlined = original.definitions[0] as OperationDefinitionNode;
  const checks = collectChecks(inlined, root);
  if (checks.size === 0) return undefined;
  const needs = [...checks.values()].flatMap((check) => check.needs);
  return {
    original,
    operation: inlined,
    checks,
    rules: [...new Set(needs.map(({ rule }) => rule))],
    answers: new LRUCache({ max: answersPerOperation }),
  };
}

function answer(prepared: Prepared, principal: Principal | undefined): Authorization {
  const { original, operation, checks } = prepared;
  const filtered = filterOperation(operation, (field) => {
    const check = checks.get(field);
    return check && judge(check, principal);
  });
  return Object.freeze({
    kind: "filtered",
    original,
    document: filtered.operation && { ...original, definitions: [filtered.operation] },
    forbidden: filtered.forbidden,
    removed: filtered.removed,
  });
}

/**
 * What depends on the document alone is computed once per DocumentNode and kept as long as the
 * caller keeps that node, so hand in the same node for the same text.
 * @param apiSchema what clients see; `rules` are read from the supergraph.
 */
export function createAuthorizer(apiSchema: GraphQLSchema, rules: AccessRules): Authorizer {
  const scopeOf = createScopes(apiSchema, rules);
  const hasRules = rules.types.size + rules.fields.size > 0;
  const known = new WeakMap<DocumentNode, Map<OperationDefinitionNode, Prepared | undefined>>();

  function preparedFor(document: DocumentNode, operation: OperationDefinitionNode) {
    const operations = known.get(document) ?? new Map<typeof operation, Prepared | undefined>();
    known.set(document, operations);
    if (!operations.has(operation)) {
      const root = scopeOf(apiSchema.getRootType(operation.operation)?.name ?? "");
      if (!root)
        throw graphError(
          "OPERATION_RESOLUTION_FAILURE",
          `The schema has no ${operation.operation} operations.`,
        );
      operations.set(operation, prepare(document, operation, root));
    }
    return operations.get(operation);
  }

  return function authorize(document, operationName, principal) {
    if (!hasRules) return allowed;
    const operation = getOperationAST(document, operationName);
    if (!operation)
      throw graphError(
        "OPERATION_RESOLUTION_FAILURE",
        operationName === undefined
          ? "The document has several operations, or none. Say which one to run in operationName."
          : `The document has no operation named "${operationName}".`,
      );
    const prepared = preparedFor(document, operation);
    if (!prepared) return allowed;
    const met = prepared.rules.map((rule) => satisfies(principal, rule));
    if (met.every(Boolean)) return allowed;
    // Whether anybody is signed in decides the error code, even when the same rules are met.
    const key = `${principal ? "signed-in" : "nobody"} ${met.map(Number).join("")}`;
    const kept = prepared.answers.get(key) ?? answer(prepared, principal);
    prepared.answers.set(key, kept);
    return kept;
  };
}

/** `createAuthorizer` for a single use: nothing is kept. */
export function authorize(
  document: DocumentNode,
  operationName: string | undefined,
  apiSchema: GraphQLSchema,
  rules: AccessRules,
  principal: Principal | undefined,
): Authorization {
  return createAuthorizer(apiSchema, rules)(document, operationName, principal);
}
