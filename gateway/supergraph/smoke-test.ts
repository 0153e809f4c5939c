/**
 * What a supergraph must be able to do before it takes the place of another: plan the smoke operations, and
 * answer them without an error that the live one does not give as well. Nobody is signed in for them.
 */
import { type DocumentNode, Kind, OperationTypeNode, parse, validate } from "graphql";
import type { OperationRequest } from "../execution/execute-operation.ts";
import { type Graph, SupergraphError } from "./graph.ts";

/** An error of an answer, as clients see it. */
export type SmokeError = {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions: { readonly code?: unknown };
};

/** Carries an operation out on a supergraph that serves nobody yet. */
export type AnswerSmoke = (
  graph: Graph,
  operation: OperationRequest,
) => Promise<readonly SmokeError[]>;

/** The answer had errors: another time it may have none. */
export class SmokeAnswerError extends SupergraphError {}

export type SmokeTest = {
  /** @throws SupergraphError when an operation is not valid or has no plan. */
  readonly assertPlans: (graph: Graph) => void;
  /** @throws SmokeAnswerError when `next` gives an error that `live` does not. */
  readonly assertAnswers: (next: Graph, live: () => Graph) => Promise<void>;
};

const describe = ({ message, path, extensions }: SmokeError): string =>
  `${String(extensions.code)}${path ? ` at ${path.join(".")}` : ""}: ${message}`;
/** By place and code: messages may tell of the moment. */
const kindOf = ({ path, extensions }: SmokeError): string =>
  JSON.stringify([path, extensions.code]);

function parseText(text: string): DocumentNode {
  try {
    return parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SupergraphError(`REGISTRY_SMOKE_FILE has no operation that can be read: ${why}`);
  }
}

function readOperations(text: string): {
  readonly document: DocumentNode;
  readonly names: readonly (string | undefined)[];
} {
  const document = parseText(text);
  const operations = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [definition] : [],
  );
  if (operations.some(({ operation }) => operation !== OperationTypeNode.QUERY))
    throw new SupergraphError(
      "The smoke operations must be queries: they are asked at each launch.",
    );
  return { document, names: operations.map(({ name }) => name?.value) };
}

/** @param text One query, or several with names. @throws when it is something else. */
export function createSmokeTest(text: string, answer: AnswerSmoke): SmokeTest {
  const { document, names } = readOperations(text);
  const requestOf = (operationName: string | undefined): OperationRequest => ({
    document,
    operationName,
    variables: {},
  });
  return {
    assertPlans(graph) {
      const [error] = validate(graph.apiSchema, document);
      if (error) throw new SupergraphError(`The smoke operation is not valid: ${error.message}`);
      for (const name of names) graph.plan(document, name);
    },
    async assertAnswers(next, live) {
      for (const name of names) {
        const errors = await answer(next, requestOf(name));
        if (errors.length === 0) continue;
        const known = new Set((await answer(live(), requestOf(name))).map(kindOf));
        const [worse] = errors.filter((error) => !known.has(kindOf(error)));
        if (!worse) continue;
        const called = name === undefined ? "" : ` ${name}`;
        throw new SmokeAnswerError(
          `The smoke operation${called} is answered with an error that the live supergraph does not give: ${describe(worse)}`,
        );
      }
    },
  };
}
