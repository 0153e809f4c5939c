/**
 * What is cached: of an entity of one type, or of a root field, exactly what one fetch asks of it. Made
 * once for each fetch and type, so that a look-up only adds the representation and the variables' values.
 */
import { createHash } from "node:crypto";
import {
  type FieldNode,
  type GraphQLSchema,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
} from "graphql";
import type { CacheLabels } from "../cache/cache-types.ts";
import type { AccessRules } from "../operation/access-rules.ts";
import { isOfType } from "../supergraph/is-of-type.ts";
import type { CacheSchema } from "./cache-schema.ts";
import { canonicalSelection } from "./canonical.ts";
import type { Layout } from "./layout.ts";
import { compileTags, type TagReader } from "./tags.ts";

export type Shape = {
  /** Equal for equal questions to one subgraph under one schema, whoever writes them. */
  readonly id: string;
  readonly variables: readonly string[];
  readonly layout: Layout;
  readonly tags: TagReader;
  /** Something in it is only for some: then it is never stored for everybody. */
  readonly isRuled: boolean;
  readonly labels: CacheLabels;
};

export type ShapeScope = {
  readonly schema: GraphQLSchema;
  readonly cacheSchema: CacheSchema;
  readonly accessRules: AccessRules;
};

/** Types and default values of the variables that are used. */
function variablesText(operation: OperationDefinitionNode, used: readonly string[]): string {
  return used
    .map((name) => {
      const definition = operation.variableDefinitions?.find(
        ({ variable }) => variable.name.value === name,
      );
      if (!definition) return "";
      const { type, defaultValue } = definition;
      return print(type) + (defaultValue ? `=${print(defaultValue)}` : "");
    })
    .join(",");
}

function shapeOf(
  { schema, cacheSchema, accessRules }: ShapeScope,
  kind: "entity" | "root",
  labels: CacheLabels,
  typename: string,
  operation: OperationDefinitionNode,
  selections: readonly SelectionNode[],
): Shape | undefined {
  const type = schema.getType(typename);
  const canonical = canonicalSelection(
    schema,
    isCompositeType(type) ? type : undefined,
    selections,
  );
  if (!canonical) return undefined;
  const { text, variables, layout, coordinates } = canonical;
  const parts = [kind, labels.subgraph, typename, text, variablesText(operation, variables)];
  return {
    id: createHash("sha256").update(JSON.stringify(parts)).digest("base64url"),
    variables,
    layout,
    tags: compileTags(cacheSchema, schema, labels.subgraph, layout, kind === "entity"),
    isRuled: [...coordinates].some(
      (one) => accessRules.types.has(one) || accessRules.fields.has(one),
    ),
    labels,
  };
}

/** Undefined: it cannot be cached. @param operation Asks for `_entities`. */
export function entityShape(
  scope: ShapeScope,
  subgraph: string,
  typename: string,
  operation: OperationDefinitionNode,
): Shape | undefined {
  const [field, ...others] = operation.selectionSet.selections;
  if (field?.kind !== Kind.FIELD || others.length > 0) return undefined;
  // What is asked of other types than this one does not matter to it.
  const selections = (field.selectionSet?.selections ?? []).flatMap((selection) => {
    const isPlain = selection.kind === Kind.INLINE_FRAGMENT && !selection.directives?.length;
    const condition = isPlain ? selection.typeCondition?.name.value : undefined;
    if (!isPlain || condition === undefined) return [selection];
    return isOfType(scope.schema, typename, condition) ? selection.selectionSet.selections : [];
  });
  const labels = { subgraph, type: typename };
  return shapeOf(scope, "entity", labels, typename, operation, selections);
}

/** @param rootType "Query". @param field All that is asked for under one response key. */
export function rootShape(
  scope: ShapeScope,
  subgraph: string,
  rootType: string,
  operation: OperationDefinitionNode,
  field: readonly [FieldNode, ...FieldNode[]],
): Shape | undefined {
  const labels = { subgraph, type: `${rootType}.${field[0].name.value}` };
  return shapeOf(scope, "root", labels, rootType, operation, field);
}
