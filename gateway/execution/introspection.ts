/** `__schema` and `__type` are answered by the gateway itself, from the API schema: no subgraph is asked. */
import {
  type DocumentNode,
  executeSync,
  type FragmentDefinitionNode,
  getOperationAST,
  type GraphQLSchema,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { graphError } from "../errors.ts";
import { fragmentsOf } from "../operation/fragments.ts";
import type { DataRecord } from "./records.ts";

const isIntrospection = (selection: SelectionNode): boolean =>
  selection.kind === Kind.FIELD &&
  (selection.name.value === "__schema" || selection.name.value === "__type");

/** The root selection with nothing but introspection fields; undefined when there are none. */
function onlyIntrospection(
  set: SelectionSetNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): SelectionSetNode | undefined {
  const selections = set.selections.flatMap((selection): SelectionNode[] => {
    if (isIntrospection(selection)) return [selection];
    if (selection.kind === Kind.FIELD) return [];
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection;
    const inner = fragment && onlyIntrospection(fragment.selectionSet, fragments);
    const { directives = [] } = selection;
    return inner ? [{ kind: Kind.INLINE_FRAGMENT, directives, selectionSet: inner }] : [];
  });
  return selections.length > 0 ? { kind: Kind.SELECTION_SET, selections } : undefined;
}

const none: DataRecord = Object.freeze({});

/** @returns the finished values of `__schema` and `__type`, by response key. */
export function executeIntrospection(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): DataRecord {
  const operation = getOperationAST(document, operationName);
  const fragments = fragmentsOf(document);
  const selectionSet = operation && onlyIntrospection(operation.selectionSet, fragments);
  if (!operation || !selectionSet) return none;
  const { name: _name, ...unnamed } = operation;
  const others = Object.values(fragments);
  const { data, errors } = executeSync({
    schema,
    document: { kind: Kind.DOCUMENT, definitions: [{ ...unnamed, selectionSet }, ...others] },
    variableValues: variables,
  });
  if (errors?.[0]) {
    throw graphError("INTERNAL_SERVER_ERROR", "Introspection failed.", {
      originalError: errors[0],
    });
  }
  return data ?? none;
}
