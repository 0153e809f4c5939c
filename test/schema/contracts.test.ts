/** The city's own graph in the contracts that a registry begins with. */
import { readdirSync, readFileSync } from "node:fs";
import { parse, validate } from "graphql";
import { expect, it } from "vitest";
import { prepareGraph } from "../../gateway/supergraph/graph.ts";
import { fromRoot } from "../../platform/root.ts";
import { composeContract } from "../../registry/contracts/compose-contract.ts";

const supergraph = readFileSync(fromRoot("schema/supergraph.graphql"), "utf8");

function graphWithout(...exclude: readonly string[]) {
  const rules = { include: [], exclude, hideUnreachable: true };
  const composed = composeContract(supergraph, rules);
  if (composed.kind === "broken") throw new Error(JSON.stringify(composed.problems));
  return prepareGraph(composed.supergraph);
}

it("keeps refunds, statistics and settlements of payments to the city's own tools", () => {
  const { apiSchema } = graphWithout("partner", "internal");
  const shown = [
    ...Object.keys(apiSchema.getQueryType()?.getFields() ?? {}),
    ...Object.keys(apiSchema.getMutationType()?.getFields() ?? {}),
  ];
  for (const field of ["refundPayment", "paymentStatistics", "settlementDifferences"])
    expect(shown).not.toContain(field);
  expect(shown).toEqual(expect.arrayContaining(["me", "services"]));
  // Nothing leads to it any more.
  expect(apiSchema.getType("SettlementDifference")).toBeUndefined();
});

it("leaves every known operation valid, and planned, for everybody, but for operators' own", () => {
  const { apiSchema, plan } = graphWithout("partner", "internal");
  const folder = fromRoot("schema/operations");
  const refused: string[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".graphql"))) {
    const document = parse(readFileSync(`${folder}/${file}`, "utf8"));
    if (validate(apiSchema, document).length > 0) refused.push(file);
    else plan(document, undefined);
  }
  expect(refused).toEqual(["PaymentStatistics.graphql"]);
});
