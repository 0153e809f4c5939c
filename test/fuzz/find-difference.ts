/** One case → what is wrong with the gateway's answer, or undefined. */
import { type GraphQLSchema, parse, validate } from "graphql";
import { cachedAnswers } from "./cached.ts";
import { findDeferredDifference } from "./deferred.ts";
import { differencesBetween, liesIn } from "./equivalence.ts";
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

async function differencesOf(ground: Ground, one: FuzzCase): Promise<readonly string[]> {
  const { federated, model, schema, loose } = ground;
  if (one.way === "deferred") return (await findDeferredDifference(ground, one)) ?? [];
  const expected = await answerOfOneSchema(schema, one, model);
  const possible =
    one.faults.length > 0 ? undefined : await possibleErrors(schema, loose, one, model);
  const answers =
    one.way === "cached"
      ? await cachedAnswers(federated, one, model)
      : [await answerOfGateway(federated, one, model)];
  return answers.flatMap((actual) => {
    const found = possible
      ? differencesBetween(expected, possible, actual)
      : liesIn(expected, actual);
    if (found.length === 0) return [];
    const [wanted, got] = [expected.errors, actual.errors].map((errors) => JSON.stringify(errors));
    return [...found, `errors: expected ${wanted}`, `        got      ${got}`];
  });
}

/** @throws when what was asked before is not valid. */
export async function findDifferenceOn(ground: Ground, one: FuzzCase): Promise<string | undefined> {
  const invalid = one.before?.find(({ query }) => !isValid(ground, query));
  if (invalid) throw new Error(`Not valid: ${invalid.query}`);
  try {
    const differences = await differencesOf(ground, one);
    return differences.length > 0 ? differences.join("\n") : undefined;
  } catch (error) {
    return `the gateway threw ${(error as Error).stack ?? String(error)}`;
  }
}

/** @throws when the subgraphs do not compose, or the operation is not valid. */
export async function findDifference(one: FuzzCase): Promise<string | undefined> {
  const ground = prepareGround(one.subgraphs);
  const [invalid] = validate(ground.schema, parse(one.query));
  if (invalid) throw invalid;
  return findDifferenceOn(ground, one);
}
