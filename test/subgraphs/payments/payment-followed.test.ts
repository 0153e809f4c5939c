/** Following a payment: its states as the database commits them, in both databases, with a real provider. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { paymentFeed, type PaymentStanding } from "../../../subgraphs/payments/payment-feed.ts";
import { databases } from "../../support/databases.ts";
import { newBill, newPayer } from "./fixtures.ts";
import { type Outside, startOutside } from "./outside.ts";

describe.each(databases)("following a payment on $kind", ({ kind }) => {
  let city: Outside;
  beforeAll(async () => {
    city = await startOutside({ kind });
  });
  afterAll(() => city[Symbol.asyncDispose]());

  const started = async (cardToken?: string) => {
    const payer = await newPayer(city.db, 0n);
    const billId = await newBill(city.db, payer.id, 120_00n);
    const { payment } = await city.payByCard(payer, billId, 120_00, cardToken);
    return payment as { readonly id: string; readonly pageUrl: string };
  };
  const statesOf = (told: readonly PaymentStanding[]) => told.map(({ state }) => state);

  test("tells where it stands, then each state it reaches, and ends when it is settled", async () => {
    const { id, pageUrl } = await started();
    const feed = paymentFeed(city.db, id);
    const told: PaymentStanding[] = [];
    const ended = (async () => {
      for await (const standing of feed) told.push(standing);
    })();
    await expect.poll(() => statesOf(told)).toEqual(["ACTION_REQUIRED"]);
    const body = new URLSearchParams({ number: "4242 4242 4242 4242" });
    await fetch(pageUrl, { method: "POST", body });
    await ended;
    expect(statesOf(told)).toEqual(["ACTION_REQUIRED", "AUTHORISED", "CAPTURED"]);
    expect(told.map(({ version }) => version)).toEqual([1, 2, 3]);
    const times = told.map(({ at }) => at.getTime());
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  test("that is settled already is told of once", async () => {
    const { id } = await started("tok_approve");
    await city.until(id, "CAPTURED");
    const told: PaymentStanding[] = [];
    for await (const standing of paymentFeed(city.db, id)) told.push(standing);
    expect(statesOf(told)).toEqual(["CAPTURED"]);
  });

  test("is not woken by the payments of others", async () => {
    const { id } = await started();
    await using feed = paymentFeed(city.db, id);
    expect((await feed.next()).value?.state).toBe("ACTION_REQUIRED");
    const next = feed.next();
    await feed.ready;
    city.payments.database.statements.length = 0;
    const other = await started("tok_approve");
    await city.until(other.id, "CAPTURED");
    const reads = city.payments.database.statements.filter(
      (sql) => sql.includes('"to_state"') && sql.includes('"seq" > '),
    );
    // One read was on its way when it began to wait.
    expect(reads.length).toBeLessThanOrEqual(1);
    await feed.return?.();
    expect((await next).done).toBe(true);
  });
});
