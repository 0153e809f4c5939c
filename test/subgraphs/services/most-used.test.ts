import { describe, expect, test } from "vitest";
import { readUse } from "../../../subgraphs/services/seed/catalogue.schema.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph } from "../../support/start-subgraph.ts";

/** The rule, worked out without SQL. */
function ranking(counts: Readonly<Record<string, readonly number[]>>): string[] {
  const weights = Object.entries(counts).map(([id, days]) => {
    const weight = days.reduce(
      (sum, uses, i) => sum + uses * 0.5 ** ((days.length - 1 - i) / 7),
      0,
    );
    return { id, weight };
  });
  return weights
    .sort((one, other) => other.weight - one.weight || (one.id < other.id ? -1 : 1))
    .map(({ id }) => id);
}

describe.each(databases)("the most used services on $kind", ({ kind }) => {
  test("come in the order of their use, halved every seven days, by one statement", async () => {
    await using services = await startSubgraph(subgraph, kind);
    services.database.statements.length = 0;
    const { data } = await services.ask("{ mostUsedServices(first: 100) { id } }");
    expect(services.database.statements).toHaveLength(1);
    const ids = data.mostUsedServices.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(ranking((await readUse()).counts).slice(0, 100));
    const byDefault = await services.ask("{ mostUsedServices { id } }");
    expect(byDefault.data.mostUsedServices).toHaveLength(10);
  });

  test("put what is used now before what was used twice as much a fortnight ago, and leave out what is suspended; what is long ago comes last", async () => {
    await using services = await startSubgraph(subgraph, kind);
    const { db } = services.database;
    await db.deleteFrom("service_use").execute();
    await db
      .insertInto("service_use")
      .values([
        { service_id: "salik-recharge", day: "2020-05-15", uses: 100 },
        { service_id: "iacad-qibla", day: "2020-05-01", uses: 399 },
        { service_id: "du-pay-bill", day: "2020-05-01", uses: 401 },
        { service_id: "dha-health-card", day: "2020-05-15", uses: 1_000 },
        { service_id: "dha-sick-leave", day: "1990-01-01", uses: 2_000_000_000 },
      ])
      .execute();
    await db
      .updateTable("service")
      .set({ status: "SUSPENDED" })
      .where("id", "=", "dha-health-card")
      .execute();
    const { data } = await services.ask("{ mostUsedServices(first: 10) { id } }");
    expect(data.mostUsedServices.map(({ id }: { id: string }) => id)).toEqual([
      "du-pay-bill",
      "salik-recharge",
      "iacad-qibla",
      "dha-sick-leave",
    ]);
  });

  test("are none when nothing has been counted", async () => {
    await using services = await startSubgraph(subgraph, kind);
    await services.database.db.deleteFrom("service_use").execute();
    const { data } = await services.ask("{ mostUsedServices { id } }");
    expect(data.mostUsedServices).toEqual([]);
  });
});
