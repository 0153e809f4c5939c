import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { expect, test } from "vitest";
import { printSubgraphSdl } from "../../../subgraphs/kit/schema.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";

test("the payments subgraph composes on its own", () => {
  const typeDefs = parse(printSubgraphSdl(subgraph));
  const { errors } = composeServices([{ name: "payments", url: "http://payments", typeDefs }]);
  expect(errors ?? []).toEqual([]);
});
