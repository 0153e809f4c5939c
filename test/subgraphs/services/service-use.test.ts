/** What counts as a use, that none is lost or counted twice, and how its weight fades. */
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "../../../platform/log.ts";
import { cityCalendar } from "../../../subgraphs/kit/city-calendar.ts";
import type { CompanionDeps } from "../../../subgraphs/kit/companion.ts";
import { defineSubgraph } from "../../../subgraphs/kit/define-subgraph.ts";
import { type ServicesCompanion, startCompanion } from "../../../subgraphs/services/companion.ts";
import { obeyEntries, type StreamEntry } from "../../../subgraphs/services/request-payments.ts";
import { createUseCounter } from "../../../subgraphs/services/service-use.counter.ts";
import {
  addUses,
  listMostUsedServices,
  type Uses,
} from "../../../subgraphs/services/service-use.store.ts";
import { subgraph } from "../../../subgraphs/services/subgraph.ts";
import type { ServicesTables } from "../../../subgraphs/services/tables.ts";
import { databases } from "../../support/databases.ts";
import { createRequestClient, personCalled } from "../../support/request-story.ts";
import { type StartedSubgraph, startSubgraph } from "../../support/start-subgraph.ts";

const now = Date.parse("2026-02-05T10:00:00+04:00");
const ids = ["dewa-move-in", "salik-recharge", "iacad-qibla", "du-pay-bill"];
const anyUses: fc.Arbitrary<Uses> = fc.record({
  serviceId: fc.constantFrom(...ids),
  day: fc
    .integer({ min: 0, max: 40 })
    .map((days) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10)),
  uses: fc.integer({ min: 1, max: 1_000 }),
});

const daysBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** The rule, without SQL: half after each seven days, seen from the latest day. */
function weightsOf(uses: readonly Uses[]): ReadonlyMap<string, number> {
  const latest =
    uses
      .map(({ day }) => day)
      .sort()
      .at(-1) ?? "";
  const weights = new Map<string, number>();
  for (const { serviceId, day, uses: n } of uses) {
    const weight = n * 0.5 ** (daysBetween(day, latest) / 7);
    weights.set(serviceId, (weights.get(serviceId) ?? 0) + weight);
  }
  return weights;
}

describe.each(databases)("uses of services on $kind", ({ kind }) => {
  let services: StartedSubgraph;
  beforeAll(async () => {
    services = await startSubgraph(subgraph, kind, { clock: () => now });
  });
  afterAll(() => services[Symbol.asyncDispose]());
  const db = () => services.database.db;
  beforeEach(() => db().deleteFrom("service_use").execute());
  const counted = async (): Promise<Record<string, number>> => {
    const rows = await db().selectFrom("service_use").select(["service_id", "uses"]).execute();
    const sums: Record<string, number> = {};
    for (const { service_id, uses } of rows) sums[service_id] = (sums[service_id] ?? 0) + uses;
    return sums;
  };
  const counterOf = (everyMs = 60_000) =>
    createUseCounter(
      { write: (uses) => addUses(db(), uses), clock: () => now, log: silentLog },
      everyMs,
    );

  test("weigh half after seven days, whatever was used when", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyUses, { minLength: 1, maxLength: 20 }), async (uses) => {
        await db().deleteFrom("service_use").execute();
        await addUses(db(), uses);
        const weights = weightsOf(uses);
        const order = (await listMostUsedServices(db(), 10)).map(({ id }) => id);
        expect(new Set(order)).toEqual(new Set(weights.keys()));
        for (const [index, id] of order.slice(1).entries()) {
          const former = weights.get(order[index]!)!;
          expect(former).toBeGreaterThanOrEqual(weights.get(id)! * (1 - 1e-12));
        }
      }),
      { numRuns: 30 },
    );
  });

  test("are added up from several processes that write at once, none lost and none twice", async () => {
    const looks = fc.array(fc.array(fc.constantFrom(...ids), { maxLength: 30 }), {
      minLength: 3,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(looks, async (ofProcesses) => {
        await db().deleteFrom("service_use").execute();
        await Promise.all(
          ofProcesses.map(async (looked) => {
            const counter = counterOf();
            for (const [index, id] of looked.entries()) {
              counter.countView(id);
              if (index % 7 === 0) await counter.flush();
            }
            await counter.stop();
          }),
        );
        const expected: Record<string, number> = {};
        for (const id of ofProcesses.flat()) expected[id] = (expected[id] ?? 0) + 1;
        expect(await counted()).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  test("cost one statement for any number of looks, and none for a look", async () => {
    const counter = counterOf();
    services.database.statements.length = 0;
    for (let look = 0; look < 500; look += 1) counter.countView(ids[look % ids.length]!);
    expect(services.database.statements).toHaveLength(0);
    await counter.stop();
    expect(services.database.statements).toHaveLength(1);
    expect(await counted()).toEqual(Object.fromEntries(ids.map((id) => [id, 125])));
  });

  test("that could not be written wait for the next time", async () => {
    let isAway = true;
    const counter = createUseCounter(
      {
        write: (uses) => (isAway ? Promise.reject(new Error("away")) : addUses(db(), uses)),
        clock: () => now,
        log: silentLog,
      },
      60_000,
    );
    counter.countView("dewa-move-in");
    await expect(counter.flush()).rejects.toThrow("away");
    counter.countView("dewa-move-in");
    isAway = false;
    await counter.stop();
    expect(await counted()).toEqual({ "dewa-move-in": 2 });
  });

  test("stop at a number that a day can have, and leave out services that are not there", async () => {
    const day = "2026-02-05";
    await addUses(db(), [
      { serviceId: "dewa-move-in", day, uses: 1_999_999_999 },
      { serviceId: "no-such-service", day, uses: 1 },
    ]);
    await addUses(db(), [{ serviceId: "dewa-move-in", day, uses: 1_999_999_999 }]);
    expect(await counted()).toEqual({ "dewa-move-in": 2_000_000_000 });
  });

  test("are requests that were sent, each once, and payments, each once", async () => {
    const client = createRequestClient((query, options) => services.ask(query, options));
    const id = "gdrfa-open-sponsorship-file";
    const amal = personCalled(`uses-${kind}`);
    const draft = await client.start(amal);
    expect(await counted()).toEqual({});
    const sent = await client.submit(amal, draft, "key of uses");
    expect(sent.status).toBe("SUBMITTED");
    await client.submit(amal, draft, "key of uses");
    expect(await counted()).toEqual({ [id]: 5 });
    const body = JSON.stringify({
      paymentId: "pay_x",
      state: "CAPTURED",
      itemId: `fee_gdrfa_${draft.id}`,
      serviceId: id,
      capturedAmount: "27000",
      currency: "AED",
      at: "2026-02-05T08:00:00.000Z",
    });
    const deps = { now: new Date(now), calendar: cityCalendar };
    for (let time = 0; time < 2; time += 1) {
      await obeyEntries(db(), [["1-0", ["body", body]]], deps);
    }
    expect(await counted()).toEqual({ [id]: 10 });
    const ofBill = { ...JSON.parse(body), itemId: "bill_1", serviceId: "du-pay-bill" };
    const others = [
      ofBill,
      ofBill,
      { ...ofBill, state: "REFUNDED" },
      { ...ofBill, serviceId: null },
      { ...ofBill, serviceId: undefined },
    ].map((other, index): StreamEntry => [`2-${index}`, ["body", JSON.stringify(other)]]);
    await obeyEntries(db(), others, deps);
    expect(await counted()).toEqual({ [id]: 10, "du-pay-bill": 10 });
  });
});

describe("a process that serves services", () => {
  test("counts looks at one service as it is now, and writes those that wait when it stops", async () => {
    let companion: ServicesCompanion | undefined;
    const watched = defineSubgraph({
      ...subgraph,
      startCompanion: async (deps: CompanionDeps<ServicesTables>) =>
        (companion = await startCompanion(deps)),
    });
    const services = await startSubgraph(watched, "pglite", { clock: () => now, env: {} });
    const { db, statements } = services.database;
    await db.deleteFrom("service_use").execute();
    const look = () =>
      services.ask(`{ service(id: "dewa-move-in") { name { en } } none: service(id: "x") { id }
        then: service(id: "du-pay-bill", at: "2026-01-01T00:00:00Z") { id } services { nodes { id } } }`);
    await look();
    await look();
    await companion?.uses.flush();
    expect(await db.selectFrom("service_use").select(["service_id", "uses"]).execute()).toEqual([
      { service_id: "dewa-move-in", uses: 2 },
    ]);
    statements.length = 0;
    await look();
    const writes = () => statements.filter((sql) => sql.includes("insert into service_use"));
    expect(writes()).toHaveLength(0);
    await services[Symbol.asyncDispose]();
    expect(writes()).toHaveLength(1);
  });
});
