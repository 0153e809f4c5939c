/**
 * Operation → programs, from query plans of Apollo's planner; nearly always one. They depend on the
 * document alone, so they are made once per document and operation name and kept as long as it is.
 */
import { type Supergraph, operationFromDocument } from "@apollo/federation-internals";
import { type QueryPlan, QueryPlanner } from "@apollo/query-planner";
import {
  type DocumentNode,
  getOperationAST,
  type GraphQLSchema,
  OperationTypeNode,
  print,
} from "graphql";
import { LRUCache } from "lru-cache";
import { graphError } from "../errors.ts";
import { withoutDefer } from "../operation/defer-directive.ts";
import type { HasKey } from "../supergraph/entity-keys.ts";
import type { ClientNames } from "./client-names.ts";
import { keepExternalFieldsOut, withoutMoving } from "./external-fields.ts";
import { keepObjects } from "./keep-objects.ts";
import { liftLiterals } from "./lift-literals.ts";
import { keepPossible } from "./possible-selections.ts";
import { compileProgram, type Program } from "./program.ts";
import { pushConditions, readRequiring } from "./push-conditions.ts";
import { createOrderCheck } from "./required-first.ts";
import { splitDocument, splitRoots } from "./split-document.ts";
import { withoutConditions } from "./without-conditions.ts";

export type Plan = {
  /** To be run side by side; their data is to be merged. */
  readonly programs: readonly Program[];
  /** Variables of the programs beside the client's: values that were written into the document. */
  readonly values: Readonly<Record<string, unknown>>;
};

export type Planner = (document: DocumentNode, operationName: string | undefined) => Plan;

export type PlannerOptions = {
  readonly supergraph: Supergraph;
  /** The supergraph's full schema. */
  readonly schema: GraphQLSchema;
  /** What clients see. */
  readonly apiSchema: GraphQLSchema;
  readonly hasKey: HasKey;
  readonly clientNames: ClientNames;
  /** See RequiredArguments. */
  readonly numbers: ReadonlyMap<string, number>;
};

/** So many plans are kept for documents that are yet to come. */
const keptPlans = 1_000;

/** @throws GraphQLError UNPLANNABLE for a mutation that would have to be carried out twice. */
function assertOnce(document: DocumentNode, operationName: string | undefined): void {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return;
  const message =
    "This mutation asks for fields that need the same input with different arguments: ask for some of them in a query afterwards.";
  throw graphError("UNPLANNABLE", message, { nodes: operation });
}

export function createPlanner(options: PlannerOptions): Planner {
  const { supergraph, schema, apiSchema, hasKey, clientNames, numbers } = options;
  keepExternalFieldsOut();
  // One definition a fetch: its text is taken apart when fetches travel together.
  const planner = new QueryPlanner(supergraph, {
    reuseQueryFragments: false,
    generateQueryFragments: false,
  });
  const isOrdered = createOrderCheck(supergraph);
  const requiring = readRequiring(supergraph);
  const plannerSchema = supergraph.apiSchema();
  const interfaceObjects = new Set(
    supergraph.schema.interfaceTypes().flatMap((type) => {
      const joins = type.appliedDirectivesOf("join__type");
      return joins.some((join) => join.arguments()["isInterfaceObject"]) ? [type.name] : [];
    }),
  );

  function makePrograms(
    document: DocumentNode,
    operationName: string | undefined,
  ): readonly Program[] {
    const named = operationName ? { operationName } : {};
    const parts = splitDocument(
      pushConditions(keepPossible(document, apiSchema, interfaceObjects), requiring),
      numbers,
    );
    if (parts.length > 1) assertOnce(document, operationName);

    /** @param isAlone See compileProgram. */
    function programsOf(part: DocumentNode, isAlone: boolean): readonly Program[] {
      const asked = keepObjects(clientNames.rename(part));
      const operation = operationFromDocument(plannerSchema, asked, named);
      const compile = (plan: QueryPlan): readonly Program[] => [
        compileProgram(plan, schema, hasKey, isAlone),
      ];
      const plan = planner.buildQueryPlan(operation);
      if (isOrdered(plan)) return compile(plan);
      const careful = withoutMoving(() => planner.buildQueryPlan(operation));
      if (isOrdered(careful)) return compile(careful);
      const roots = splitRoots(part, operationName);
      return roots.length > 1 ? roots.flatMap((root) => programsOf(root, false)) : compile(plan);
    }

    return parts.flatMap((part) => {
      const isAlone = parts.length === 1;
      try {
        return programsOf(part, isAlone);
      } catch (error) {
        // Where required fields stand under conditions, the planner can run into a cycle of its own making.
        const plain = withoutConditions(part, operationName);
        if (!plain) throw error;
        return programsOf(plain, isAlone);
      }
    });
  }

  // Documents that differ in written values only have equal texts here.
  const programsByText = new LRUCache<string, readonly Program[]>({ max: keptPlans });

  function makePlan(document: DocumentNode, operationName: string | undefined): Plan {
    // What is deferred is a matter of telling, not of fetching.
    const { document: lifted, values } = liftLiterals(withoutDefer(document), apiSchema);
    const key = `${operationName ?? ""} ${print(lifted)}`;
    const programs = programsByText.get(key) ?? makePrograms(lifted, operationName);
    programsByText.set(key, programs);
    return { programs, values };
  }

  // Documents come from bounded stores: plans go when they go.
  const known = new WeakMap<DocumentNode, Map<string | undefined, Plan>>();
  return (document, operationName) => {
    const ofDocument = known.get(document) ?? new Map<string | undefined, Plan>();
    known.set(document, ofDocument);
    const plan = ofDocument.get(operationName) ?? makePlan(document, operationName);
    ofDocument.set(operationName, plan);
    return plan;
  };
}
