/**
 * Entity fetches of one operation to the same subgraph and level travel as one request: each wants its
 * `_entities`, and here they become aliases of one operation. A level that several branches of the plan
 * reach waits for the last of them, since the answer is whole only then anyway; but not longer than its
 * patience, so that a subgraph that hangs does not take the time of all the others with it.
 */
import type { FetchNode } from "@apollo/query-planner";
import {
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  type VariableDefinitionNode,
  visit,
} from "graphql";
import type { RequestContext } from "../context.ts";
import type { Program, Step } from "../plan/program.ts";
import type { SubgraphFetch, SubgraphRequest, SubgraphResult } from "../fetch/subgraph-fetch.ts";

export type EntityFetch = {
  /** Leaves with the other steps of its group. */
  readonly send: (step: Step, request: SubgraphRequest) => Promise<SubgraphResult>;
  /** The step has nothing to ask: the others need not wait for it. */
  readonly skip: (step: Step) => void;
};

export type BatchOptions = {
  /** A fetch that is ready waits no longer than this for the others of its group. Default 250. */
  readonly patienceMs?: number;
};

type Waiting = {
  readonly node: FetchNode;
  readonly request: SubgraphRequest;
  readonly resolve: (result: SubgraphResult) => void;
  readonly reject: (error: unknown) => void;
};

const aliasOf = (index: number): string => `_entities${index}`;
const variableOf = (index: number): string => `_representations${index}`;

/** One fetch's operation with its `_entities` and its representations renamed by index. */
function rename(node: FetchNode, index: number): OperationDefinitionNode {
  const operation = parse(node.operation).definitions[0] as OperationDefinitionNode;
  return visit(operation, {
    Variable: (variable) =>
      variable.name.value === "representations"
        ? { ...variable, name: { ...variable.name, value: variableOf(index) } }
        : undefined,
    Field: {
      leave: (field: FieldNode) =>
        field.name.value === "_entities"
          ? { ...field, alias: { kind: Kind.NAME as const, value: aliasOf(index) } }
          : undefined,
    },
  });
}

function merge(nodes: readonly FetchNode[]): string {
  const operations = nodes.map(rename);
  const variables = new Map<string, VariableDefinitionNode>();
  for (const { variableDefinitions = [] } of operations) {
    for (const definition of variableDefinitions)
      variables.set(definition.variable.name.value, definition);
  }
  return print({
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    variableDefinitions: [...variables.values()],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: operations.flatMap(({ selectionSet }) => selectionSet.selections),
    },
  } satisfies OperationDefinitionNode);
}

// By the first node, then by the others: merged texts go when their plan goes.
const texts = new WeakMap<FetchNode, Map<string, string>>();
const ids = new WeakMap<FetchNode, number>();
let lastId = 0;

function idOf(node: FetchNode): number {
  const id = ids.get(node) ?? (lastId += 1);
  ids.set(node, id);
  return id;
}

function mergedText(nodes: readonly [FetchNode, ...FetchNode[]]): string {
  const known = texts.get(nodes[0]) ?? new Map<string, string>();
  texts.set(nodes[0], known);
  const key = nodes.map(idOf).join(" ");
  const text = known.get(key) ?? merge(nodes);
  known.set(key, text);
  return text;
}

function mergedVariables(waiting: readonly Waiting[]): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const [index, { request }] of waiting.entries()) {
    const { representations, ...others } = request.variables;
    Object.assign(merged, others, { [variableOf(index)]: representations });
  }
  return merged;
}

/** The part of a merged answer that one fetch asked for, as if it had asked alone. */
function partOf(result: SubgraphResult, index: number): SubgraphResult {
  const alias = aliasOf(index);
  const own = result.errors.filter(({ path }) => path?.[0] === alias);
  const common = result.errors.filter(({ path }) => !path?.length);
  // One fetch's error can take away the data of all: then it is the reason for the others, too.
  const reasons = result.data === null && own.length + common.length === 0 ? result.errors : common;
  const errors = [
    ...own.map((error) => ({ ...error, path: ["_entities", ...(error.path ?? []).slice(1)] })),
    ...reasons.map(({ path: _path, ...error }) => error),
  ];
  return { data: result.data && { _entities: result.data[alias] }, errors };
}

type Group = { outstanding: number; waiting: Waiting[]; timer?: NodeJS.Timeout };

/** One for each operation that is carried out. */
export function createEntityFetch(
  fetch: SubgraphFetch,
  context: RequestContext,
  { groupSizes }: Program,
  { patienceMs = 250 }: BatchOptions = {},
): EntityFetch {
  const groups = groupSizes.map((outstanding): Group => ({ outstanding, waiting: [] }));

  async function sendTogether(waiting: readonly Waiting[]): Promise<void> {
    const [first, ...others] = waiting;
    if (!first) return;
    try {
      if (others.length === 0) return first.resolve(await fetch(first.request, context));
      const query = mergedText([first.node, ...others.map(({ node }) => node)]);
      const variables = mergedVariables(waiting);
      const request = { ...first.request, query, variables, operationName: undefined };
      const result = await fetch(request, context);
      for (const [index, { resolve }] of waiting.entries()) resolve(partOf(result, index));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  function arrive(step: Step, waiting?: Waiting): void {
    const group = groups[step.group];
    if (!group) throw new Error(`Step ${step.index} belongs to another program.`);
    group.outstanding -= 1;
    if (waiting) group.waiting.push(waiting);
    const depart = () => {
      clearTimeout(group.timer);
      delete group.timer;
      void sendTogether(group.waiting.splice(0));
    };
    if (group.outstanding === 0) depart();
    else if (group.waiting.length > 0) group.timer ??= setTimeout(depart, patienceMs);
  }

  return {
    skip: (step) => arrive(step),
    send: (step, request) =>
      new Promise((resolve, reject) => {
        arrive(step, { node: step.node, request, resolve, reject });
      }),
  };
}
