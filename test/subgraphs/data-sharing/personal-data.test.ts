import { expect, test } from "vitest";
import { subgraph } from "../../../subgraphs/data-sharing/subgraph.ts";
import { startSubgraph } from "../../support/start-subgraph.ts";

test("everybody can read what personal data the whole graph holds, without a statement", async () => {
  await using started = await startSubgraph(subgraph);
  started.database.statements.length = 0;
  const { body, headers } = await started.send(
    "{ personalData { type description fields category isSpecial purpose subgraphs } }",
  );
  expect(body.errors).toBeUndefined();
  expect(started.database.statements).toHaveLength(0);
  expect(headers.get("cache-control")).toBe("max-age=3600, public");
  expect(body.data.personalData).toContainEqual({
    type: "Wallet",
    description: "A person's prepaid balance with the city; payments are taken from it.",
    fields: ["balance"],
    category: "FINANCIAL",
    isSpecial: false,
    purpose: "To pay from a balance that was paid in before",
    subgraphs: ["payments"],
  });
});
