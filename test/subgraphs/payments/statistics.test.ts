/** Statistics from sums that the database keeps: equal to a scan of the payments, after payments of every kind. */
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { databases } from "../../support/databases.ts";
import {
  amal,
  dewa,
  newBill,
  newFine,
  newKey,
  newPayer,
  operator,
  payBill,
  payFine,
} from "./fixtures.ts";
import { type Outside, startOutside } from "./outside.ts";

const query = `query ($from: LocalDate!, $to: LocalDate!, $billerId: ID) {
  paymentStatistics(from: $from, to: $to, billerId: $billerId) {
    total { payments captured { amount } refunds refunded { amount } }
    byDay { day figures { payments captured { amount } } }
    byBiller { biller { id } figures { payments captured { amount } refunded { amount } } }
    byChannel { channel figures { payments captured { amount } } } } }`;
const refunder: Principal = { ...operator, scopes: ["payments:read", "payments:refund"] };

describe.each(databases)("statistics on $kind", ({ kind }) => {
  let city: Outside;
  beforeAll(async () => {
    city = await startOutside({ kind });
  });
  afterAll(() => city[Symbol.asyncDispose]());

  const ask = async (variables: object, principal: Principal = operator) => {
    const answer = await city.payments.ask(query, { principal, variables: { ...variables } });
    return answer.data?.paymentStatistics ?? answer;
  };
  const always = { from: "2020-01-01", to: "2020-12-31" };
  const dayInCity = () => new Date(Date.now() + 4 * 60 * 60_000).toISOString().slice(0, 10);

  test("tells the seed's payments by day, biller and channel, each summing to the total", async () => {
    const { total, byDay, byBiller, byChannel } = await ask(always);
    expect(total.payments).toBeGreaterThan(10);
    for (const parts of [byDay, byBiller, byChannel]) {
      const sum = (of: (figures: any) => number) =>
        parts.reduce((all: number, { figures }: any) => all + of(figures), 0);
      expect(sum((figures) => figures.payments)).toBe(total.payments);
      expect(sum((figures) => figures.captured.amount)).toBe(total.captured.amount);
    }
    expect(byDay.map(({ day }: any) => day)).toEqual(byDay.map(({ day }: any) => day).toSorted());
    const dewas = await ask({ ...always, billerId: "dewa" });
    expect(dewas.byBiller).toEqual(byBiller.filter(({ biller }: any) => biller.id === "dewa"));
  });

  test("counts payments and refunds of every kind as they happen, as a scan would", async () => {
    const today = { from: dayInCity(), to: dayInCity() };
    const before = (await ask(today)).total;
    const payers = await Promise.all(Array.from({ length: 10 }, () => newPayer(city.db, 50_00n)));
    await Promise.all(
      payers.map(async (principal, index) => {
        const fields = { idempotencyKey: newKey(), channel: index % 2 ? "KIOSK" : "WEB" };
        if (index % 3 === 0) {
          const fineId = await newFine(city.db, principal.id, 20_00n);
          const input = { ...fields, fineId, expectedAmount: 20_00 };
          return city.payments.ask(payFine, { principal, variables: { input } });
        }
        // Every fifth has too little, and counts nowhere.
        const amount = index % 5 === 0 ? 90_00n : 20_00n;
        const billId = await newBill(city.db, principal.id, amount);
        const input = { ...fields, billId, expectedAmount: Number(amount) };
        return city.payments.ask(payBill, { principal, variables: { input } });
      }),
    );
    const payer = await newPayer(city.db, 0n);
    const billId = await newBill(city.db, payer.id, 100_00n);
    const { payment } = await city.payByCard(payer, billId, 100_00, "tok_approve");
    await city.until(payment.id, "CAPTURED");
    const input = {
      paymentId: payment.id,
      amount: 30_00,
      expectedRefundable: 100_00,
      reason: "x",
      idempotencyKey: newKey(),
    };
    const refund = `mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { __typename } }`;
    await city.payments.ask(refund, { principal: refunder, variables: { input } });
    await city.untilQuiet();
    const after = (await ask(today)).total;
    const { rows } = await sql<{ captured: bigint; n: bigint }>`
      select count(*) as n, sum(captured_amount)::bigint as captured from payment
      where captured_amount > 0 and paid_at > now() - interval '1 hour'`.execute(city.db);
    expect(after.payments - before.payments).toBe(10);
    expect(after.payments).toBe(Number(rows[0]?.n));
    expect(after.captured.amount).toBe(Number(rows[0]?.captured));
    expect(after.refunds - before.refunds).toBe(1);
    expect(after.refunded.amount - before.refunded.amount).toBe(30_00);
    // Compares every sum with a scan of all transitions.
    expect(await verifyLedger(city.db)).toEqual([]);
  });

  test("reads sums of days and no payments", async () => {
    const from = city.payments.database.statements.length;
    await ask(always);
    const asked = city.payments.database.statements
      .slice(from)
      .filter((one) => one.includes("payment_day"));
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toMatch(/from payment\b|join/);
  });

  test("the sums cannot be written by hand", async () => {
    const write = sql`update payment_day set payments = payments + 1`.execute(city.db);
    await expect(write).rejects.toThrow("correct it by a new record");
  });

  test("is for operators, over a range that can be read", async () => {
    for (const principal of [amal, dewa]) {
      expect((await ask(always, principal)).errors[0].extensions.code).toBe("FORBIDDEN");
    }
    for (const wrong of [
      { from: "2020-02-01", to: "2020-01-01" },
      { from: "2018-01-01", to: "2020-01-01" },
    ]) {
      expect((await ask(wrong)).errors[0].extensions.code).toBe("BAD_USER_INPUT");
    }
  });

  test("a biller sees what was collected for it, and not for others", async () => {
    const collected = (id: string) =>
      `{ _entities(representations: [{ __typename: "Agency", id: "${id}" }]) { ... on Agency { collected { amount } } } }`;
    const own = await city.payments.ask(collected("dewa"), { principal: dewa });
    const { rows } = await sql<{ sum: bigint }>`
      select sum(amount)::bigint as sum from ledger_entry where account_id = 'biller:dewa:AED'`.execute(
      city.db,
    );
    expect(own.data._entities[0].collected.amount).toBe(Number(rows[0]?.sum));
    for (const principal of [dewa, amal]) {
      const other = await city.payments.ask(collected("du"), { principal });
      expect(other.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    }
  });
});
