/** The federated answer equals the answer of one graphql-js schema over the same data, whatever is asked. */
import fc from "fast-check";
import { execute, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { createFederation } from "../../support/federation.ts";
import {
  createResolve,
  linkedSubgraphs,
  randomData,
  type Resolve,
  typeOfRow,
} from "../../support/linked-graph.ts";
import { randomOperation } from "../../support/random-operation.ts";

describe("the federated answer equals the answer of one schema", () => {
  let resolve: Resolve = () => undefined;
  const federation = createFederation(linkedSubgraphs(() => resolve));
  const schema = federation.graph.apiSchema;

  test("for random operations over random data", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        randomData,
        randomOperation(schema, 4),
        fc.boolean(),
        fc.boolean(),
        async (data, query, flag0, flag1) => {
          resolve = createResolve(data);
          const variables = { flag0, flag1 };
          const expected = await execute({
            schema,
            document: parse(query),
            variableValues: variables,
            fieldResolver: resolve as never,
            typeResolver: typeOfRow as never,
          });
          const { data: given, errors } = await federation.run(query, { variables });
          expect(errors).toEqual([]);
          expect(expected.errors).toBeUndefined();
          expect(JSON.stringify(given)).toBe(JSON.stringify(expected.data));
        },
      ),
      { numRuns: 200 },
    );
  });
});
