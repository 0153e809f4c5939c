import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { expect, test } from "vitest";
import type { AnySubgraph } from "../../../subgraphs/kit/define-subgraph.ts";
import { printSubgraphSdl } from "../../../subgraphs/kit/schema.ts";
import { subgraph as payments } from "../../../subgraphs/payments/subgraph.ts";
import { subgraph as services } from "../../../subgraphs/services/subgraph.ts";

test("the payments subgraph composes with that of services, whose requests it gives their fees", () => {
  const both: AnySubgraph[] = [payments, services];
  const { errors } = composeServices(
    both.map((subgraph) => ({
      name: subgraph.name,
      url: `http://${subgraph.name}`,
      typeDefs: parse(printSubgraphSdl(subgraph)),
    })),
  );
  expect(errors ?? []).toEqual([]);
});
