/** Whatever is asked, and whatever has been asked before: the cached answer equals the one schema's. */
import fc from "fast-check";
import { execute, parse } from "graphql";
import { expect, test } from "vitest";
import { createCachedFederation } from "../../support/cached-federation.ts";
import {
  createResolve,
  linkedSubgraphs,
  randomData,
  type Resolve,
  typeOfRow,
} from "../../support/linked-graph.ts";
import { randomOperation } from "../../support/random-operation.ts";

test(
  "random operations over random data, one cache for all of them",
  { timeout: 120_000 },
  async () => {
    let resolve: Resolve = () => undefined;
    const subgraphs = Object.fromEntries(
      Object.entries(linkedSubgraphs(() => resolve)).map(([name, module]) => [
        name,
        { ...module, cacheControl: "public, max-age=60" },
      ]),
    );
    const federation = createCachedFederation(subgraphs);
    const schema = federation.graph.apiSchema;
    const operations = fc.array(
      fc.record({
        query: randomOperation(schema, 3),
        variables: fc.record({ flag0: fc.boolean(), flag1: fc.boolean() }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    let sent = 0;
    let sentAgain = 0;
    await fc.assert(
      fc.asyncProperty(randomData, operations, async (data, asked) => {
        resolve = createResolve(data);
        // The old data's rows have the same keys.
        await federation.invalidator.invalidate(
          Object.keys(subgraphs).map((subgraph) => ({ kind: "subgraph", subgraph })),
        );
        for (const round of ["cold", "warm"]) {
          federation.fetches.splice(0);
          for (const { query, variables } of asked) {
            const expected = await execute({
              schema,
              document: parse(query),
              variableValues: variables,
              fieldResolver: resolve as never,
              typeResolver: typeOfRow as never,
            });
            const given = await federation.run(query, { variables });
            expect(given.errors).toEqual([]);
            expect(JSON.stringify(given.data)).toBe(JSON.stringify(expected.data));
          }
          if (round === "cold") sent += federation.fetches.length;
          else sentAgain += federation.fetches.length;
        }
      }),
      { numRuns: 60 },
    );
    expect(sent).toBeGreaterThan(0);
    expect(sentAgain).toBe(0);
  },
);
