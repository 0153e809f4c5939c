import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { describe, expect, test } from "vitest";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import { subgraph as health } from "../../../subgraphs/health/subgraph.ts";
import { printSubgraphSdl } from "../../../subgraphs/kit/schema.ts";
import { subgraph as payments } from "../../../subgraphs/payments/subgraph.ts";
import { subgraph as services } from "../../../subgraphs/services/subgraph.ts";

const serviceOf = (definition: Parameters<typeof printSubgraphSdl>[0]) => ({
  name: definition.name,
  url: `http://${definition.name}`,
  typeDefs: parse(printSubgraphSdl(definition)),
});

describe("the schema of data sharing", () => {
  test("composes with services alone, which owns `Service.agency`", () => {
    const { errors } = composeServices([services, subgraph].map(serviceOf));
    expect(errors).toBeUndefined();
  });

  test("composes with the other three", () => {
    const { errors } = composeServices([services, payments, health, subgraph].map(serviceOf));
    expect(errors).toBeUndefined();
  });
});
