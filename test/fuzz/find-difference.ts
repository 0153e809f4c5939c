/** One case → what is wrong with the gateway's answer, or undefined. */
import { type GraphQLSchema, parse, validate } from "graphql";
import { type Answer, differencesBetween, liesIn } from "./equivalence.ts";
import { answerOfGateway, federate, type FederatedGraph } from "./federated.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { type GraphModel, readModel } from "./graph-model.ts";
import { answerOfOneSchema, loosened, possibleErrors } from "./one-schema.ts";

export type Ground = {
  readonly federated: FederatedGraph;
  readonly model: GraphModel;
  readonly schema: GraphQLSchema;
  readonly loose: GraphQLSchema;
};

/** What many cases share. @throws when the subgraphs do not compose. */
export function prepareGround(subgraphs: FuzzCase["subgraphs"]): Ground {
  const federated = federate(subgraphs);
  const schema = federated.graph.apiSchema;
  return { federated, model: readModel(subgraphs), schema, loose: loosened(schema) };
}

export const isValid = ({ schema }: Ground, query: string): boolean =>
  validate(schema, parse(query)).length === 0;

export async function findDifferenceOn(ground: Ground, one: FuzzCase): Promise<string | undefined> {
  const { federated, model, schema, loose } = ground;
  const expected = await answerOfOneSchema(schema, one, model);
  let actual: Answer;
  try {
    actual = await answerOfGateway(federated, one, model);
  } catch (error) {
    return `the gateway threw ${(error as Error).stack ?? String(error)}`;
  }
  const differences =
    one.faults.length > 0
      ? liesIn(expected, actual)
      : differencesBetween(expected, await possibleErrors(schema, loose, one, model), actual);
  if (differences.length === 0) return undefined;
  return `${differences.join("\n")}\nerrors: expected ${JSON.stringify(expected.errors)}\n        got      ${JSON.stringify(actual.errors)}`;
}

/** @throws when the subgraphs do not compose, or the operation is not valid. */
export async function findDifference(one: FuzzCase): Promise<string | undefined> {
  const ground = prepareGround(one.subgraphs);
  const [invalid] = validate(ground.schema, parse(one.query));
  if (invalid) throw invalid;
  return findDifferenceOn(ground, one);
}
