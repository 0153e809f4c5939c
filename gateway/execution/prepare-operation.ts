/** What execution needs of a document and an operation name, made once for both. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  type GraphQLObjectType,
  Kind,
  type OperationDefinitionNode,
  visit,
} from "graphql";
import { LRUCache } from "lru-cache";
import { graphError } from "../errors.ts";
import { fragmentsOf } from "../operation/fragments.ts";
import type { Program } from "../plan/program.ts";
import type { Graph } from "../supergraph/graph.ts";
import { createCollector } from "./collect-fields.ts";
import { compileWriter, type WriteAnswer } from "./write-json.ts";

export type PreparedOperation = {
  readonly operation: OperationDefinitionNode;
  readonly rootType: GraphQLObjectType;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly hasIntrospection: boolean;
  /** The compiled writer for these values of the variables of `@skip` and `@include`. */
  readonly writer: (
    variables: Readonly<Record<string, unknown>>,
    programs: readonly Program[],
  ) => WriteAnswer | undefined;
};

/** So many combinations of `@skip` and `@include` of one operation keep their writers. */
const writersPerOperation = 32;

type Facts = { readonly conditions: readonly string[]; readonly hasIntrospection: boolean };

/** Of the whole document: fragments may be used by any operation. */
function readFacts(document: DocumentNode): Facts {
  const conditions = new Set<string>();
  let hasIntrospection = false;
  visit(document, {
    Field({ name: { value } }) {
      if (value === "__schema" || value === "__type") hasIntrospection = true;
    },
    Directive({ name, arguments: given }) {
      if (name.value !== "skip" && name.value !== "include") return;
      for (const { value } of given ?? [])
        if (value.kind === Kind.VARIABLE) conditions.add(value.name.value);
    },
  });
  return { conditions: [...conditions], hasIntrospection };
}

function prepare(
  graph: Graph,
  document: DocumentNode,
  operationName: string | undefined,
): PreparedOperation {
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    const message = operationName
      ? `The document has no operation named "${operationName}".`
      : "The document has several operations, or none: say which one in `operationName`.";
    throw graphError("OPERATION_RESOLUTION_FAILURE", message);
  }
  const rootType = graph.apiSchema.getRootType(operation.operation);
  if (!rootType) {
    const message = `This graph has no ${operation.operation}s.`;
    throw graphError("GRAPHQL_VALIDATION_FAILED", message);
  }
  const { conditions, hasIntrospection } = readFacts(document);
  const fragments = fragmentsOf(document);
  type Writer = { readonly write: WriteAnswer | undefined };
  const writers = new LRUCache<string, Writer>({ max: writersPerOperation });
  return {
    operation,
    rootType,
    fragments,
    hasIntrospection,
    writer(variables, programs) {
      const flags = conditions.map((name) => variables[name] === true);
      const key = flags.join(" ");
      const known = writers.get(key);
      if (known) return known.write;
      // Of the variables only these: the writer outlives the request, whose data it must not keep.
      const chosen = Object.fromEntries(conditions.map((name, index) => [name, flags[index]]));
      const scope = {
        schema: graph.apiSchema,
        fragments,
        variables: chosen,
        removed: new Map(),
        clientNames: graph.clientNames,
      };
      const collect = createCollector(scope, [operation.selectionSet]);
      const write = compileWriter(
        graph.apiSchema,
        rootType,
        collect,
        programs.length === 1 ? programs[0]?.rootPlace : undefined,
      );
      writers.set(key, { write });
      return write;
    },
  };
}

const prepared = new WeakMap<
  Graph,
  WeakMap<DocumentNode, Map<string | undefined, PreparedOperation>>
>();

/** @throws GraphQLError OPERATION_RESOLUTION_FAILURE or GRAPHQL_VALIDATION_FAILED. */
export function prepareOperation(
  graph: Graph,
  document: DocumentNode,
  operationName: string | undefined,
): PreparedOperation {
  const ofGraph = prepared.get(graph) ?? new WeakMap();
  prepared.set(graph, ofGraph);
  const ofDocument: Map<string | undefined, PreparedOperation> =
    ofGraph.get(document) ?? new Map<string | undefined, PreparedOperation>();
  ofGraph.set(document, ofDocument);
  const known = ofDocument.get(operationName);
  if (known) return known;
  const made = prepare(graph, document, operationName);
  ofDocument.set(operationName, made);
  return made;
}
