/**
 * The text of subgraph requests, made once: operations lose their names (clients with different names
 * for the same thing share what is cached and under way), and several entity fetches that travel
 * together become aliases of one operation.
 */
import type { FetchNode } from "@apollo/query-planner";
import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from "graphql";
import { compileReader, type ReadAnswer } from "./answer-reader.ts";
import { type AnswerShape, shapeAround } from "./answer-shape.ts";
import { contextVariablesOf } from "./context-arguments.ts";

export type RequestText = {
  /** How its answers are read; default: by `JSON.parse`. */
  readonly read?: ReadAnswer | undefined;
  /** `{"query":"…","variables":{` : the values of the variables and two braces are to follow. */
  readonly head: string;
  /** Variables of the operation that the client's values are put in for, as `"name":`. */
  readonly variables: readonly { readonly name: string; readonly prefix: string }[];
};

/** Of several asks together: where each one's representations and its entities are. */
export type EntityRequestText = RequestText & {
  readonly parts: readonly {
    /** `"representations":` */
    readonly prefix: string;
    /** Response key of its `_entities`. */
    readonly key: string;
    /** `"contextualArgument_1_0":`, in the order of the ask's. */
    readonly contexts: readonly string[];
  }[];
};

/** What one fetch asks of entities. Fetches that ask the same share it, whatever their places. */
export type Ask = {
  readonly operation: OperationDefinitionNode;
  /** Of one entity of the answer, once it is known what else the program asks for. */
  shape?: AnswerShape | undefined;
  /** Variables that come from above the entities (context-arguments.ts). */
  readonly contexts: readonly string[];
  /** Equal texts are equal asks. */
  readonly text: string;
};

const compact = (node: DocumentNode | OperationDefinitionNode): string =>
  stripIgnoredCharacters(print(node));

/** The operation of a fetch, without its name. */
export function operationOf({ operation: text }: FetchNode): OperationDefinitionNode {
  const [operation, ...others] = parse(text, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0)
    throw new Error("A fetch of the query plan is more than one operation.");
  const { name: _name, ...anonymous } = operation;
  return anonymous;
}

function requestText(operation: OperationDefinitionNode, without: readonly string[]): RequestText {
  const names = (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  return {
    head: `{"query":${JSON.stringify(compact(operation))},"variables":{`,
    variables: names
      .filter((name) => !without.includes(name))
      .map((name) => ({ name, prefix: `${JSON.stringify(name)}:` })),
  };
}

/** The GraphQL text of a request. */
export const queryOf = ({ head }: RequestText): string =>
  (JSON.parse(`${head}}}`) as { query: string }).query;

export const textOfOperation = (operation: OperationDefinitionNode): RequestText =>
  requestText(operation, []);

export const textOfRoot = (node: FetchNode): RequestText => textOfOperation(operationOf(node));

export function askOf(node: FetchNode): Ask {
  const operation = operationOf(node);
  return { operation, contexts: contextVariablesOf(node), text: compact(operation) };
}

const aliasOf = (index: number): string => `_entities${index}`;
const variableOf = (index: number): string => `_representations${index}`;
const contextOf = (name: string, index: number): string => `_${name}_${index}`;
const prefixOf = (variable: string): string => `${JSON.stringify(variable)}:`;

/** One ask's operation with its `_entities` and the variables of its own renamed by index. */
const rename = ({ operation, contexts }: Ask, index: number): OperationDefinitionNode =>
  visit(operation, {
    Variable(variable) {
      const { value: name } = variable.name;
      if (name !== "representations" && !contexts.includes(name)) return undefined;
      const value = name === "representations" ? variableOf(index) : contextOf(name, index);
      return { ...variable, name: { ...variable.name, value } };
    },
    Field: {
      leave: (field: FieldNode) =>
        field.name.value === "_entities"
          ? { ...field, alias: { kind: Kind.NAME as const, value: aliasOf(index) } }
          : undefined,
    },
  });

function readerOf(
  asks: readonly Ask[],
  parts: readonly { readonly key: string }[],
): ReadAnswer | undefined {
  const shapes = asks.flatMap(({ shape }, index) =>
    shape ? [[parts[index]?.key ?? "", shape] as const] : [],
  );
  return shapes.length === asks.length ? compileReader(shapeAround(shapes)) : undefined;
}

/**
 * Several asks as one request: `_entities0(representations: $_representations0) … _entities1 …`.
 * One alone keeps the plain names; so a subgraph that knows no aliases is not asked more than it can.
 */
export function textOfAsks(asks: readonly Ask[]): EntityRequestText {
  const [only, ...others] = asks;
  if (only && others.length === 0) {
    const text = requestText(only.operation, ["representations", ...only.contexts]);
    const contexts = only.contexts.map(prefixOf);
    const parts = [{ prefix: '"representations":', key: "_entities", contexts }];
    return { ...text, parts, read: readerOf(asks, parts) };
  }
  const operations = asks.map(rename);
  const variables = new Map<string, VariableDefinitionNode>();
  for (const { variableDefinitions = [] } of operations) {
    for (const definition of variableDefinitions)
      variables.set(definition.variable.name.value, definition);
  }
  const selections = operations.flatMap(({ selectionSet }) => selectionSet.selections);
  const merged: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    variableDefinitions: [...variables.values()],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
  const parts = asks.map(({ contexts }, index) => ({
    prefix: prefixOf(variableOf(index)),
    key: aliasOf(index),
    contexts: contexts.map((name) => prefixOf(contextOf(name, index))),
  }));
  const own = asks.flatMap(({ contexts }, index) => [
    variableOf(index),
    ...contexts.map((name) => contextOf(name, index)),
  ]);
  return { ...requestText(merged, own), parts, read: readerOf(asks, parts) };
}
