/** Bills in instalments: parts add up exactly, a bill is either paid or split, and each part is paid once. */
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { monthsLater, splitAmount } from "../../../subgraphs/payments/instalment.rules.ts";
import { splitBillOnce } from "../../../subgraphs/payments/instalment.ts";
import { verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";
import { balanceOf, deps, newBill, newFine, newKey, newPayer, omar, payBill } from "./fixtures.ts";

describe("splitting an amount", () => {
  const parts = fc.integer({ min: 2, max: 24 });

  test("gives parts that add up exactly, and differ by one minor unit at most", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 24n, max: 10n ** 15n }), parts, (total, count) => {
        const split = splitAmount(total, count);
        expect(split).toHaveLength(count);
        expect(split.reduce((sum, one) => sum + one, 0n)).toBe(total);
        expect((split[0] ?? 0n) - (split.at(-1) ?? 0n) <= 1n).toBe(true);
        expect(split.every((one) => one > 0n)).toBe(true);
      }),
    );
  });

  test("refuses what cannot be split", () => {
    for (const [total, count] of [
      [100n, 1],
      [100n, 25],
      [100n, 2.5],
      [2n, 3],
    ] as const) {
      expect(() => splitAmount(total, count)).toThrow(RangeError);
    }
  });

  test("is due on the same day of each month, or on its last one", () => {
    const from = new Date("2020-01-31T19:59:00Z");
    const days = [0, 1, 2, 3].map((months) => monthsLater(from, months).toISOString().slice(0, 10));
    expect(days).toEqual(["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"]);
  });
});

const splitBill = `mutation ($input: SplitBillInput!) { splitBill(input: $input) { __typename
  ... on Refusal { code } ... on NotPayable { reason { en } } ... on AmountChanged { currentAmount { amount } }
  ... on BillSplit { bill { id status amountDue { amount } instalments { id status amountDue { amount } dueAt
    instalment { number count of { id } } lines { description { en ar } } } } } } }`;

describe.each(databases)("instalments on $kind", ({ kind }) => {
  let payments: StartedSubgraph;
  beforeAll(async () => {
    payments = await startSubgraph(subgraph, kind);
  });
  afterAll(() => payments[Symbol.asyncDispose]());

  type Principal = Awaited<ReturnType<typeof newPayer>>;
  const divisible = { mostInstalments: 6, dueAt: new Date("2020-05-31T08:00:00Z") };
  const newCase = async (amount = 100_01n, overrides: object = divisible) => {
    const payer = await newPayer(payments.database.db, amount);
    return { payer, billId: await newBill(payments.database.db, payer.id, amount, overrides) };
  };
  const split = async (principal: Principal, billId: string, overrides: object = {}) => {
    const defaults = { billId, parts: 3, expectedAmount: 100_01, idempotencyKey: newKey() };
    const variables = { input: { ...defaults, ...overrides } };
    const answer = await payments.ask(splitBill, { principal, variables });
    return answer.data?.splitBill ?? answer;
  };
  const pay = async (principal: Principal, billId: string, expectedAmount: number) => {
    const input = { billId, expectedAmount, idempotencyKey: newKey() };
    return (await payments.ask(payBill, { principal, variables: { input } })).data.payBill;
  };

  test("are bills of their own that are paid one by one, each with a receipt", async () => {
    const { payer, billId } = await newCase();
    const { bill } = await split(payer, billId);
    expect(bill).toMatchObject({ status: "IN_INSTALMENTS", amountDue: { amount: 0 } });
    expect(bill.instalments.map((one: any) => [one.amountDue.amount, one.dueAt])).toEqual([
      [33_34, "2020-05-31T08:00:00.000Z"],
      [33_34, "2020-06-30T08:00:00.000Z"],
      [33_33, "2020-07-31T08:00:00.000Z"],
    ]);
    expect(bill.instalments[1]).toMatchObject({
      instalment: { number: 2, count: 3, of: { id: billId } },
      lines: [{ description: { en: "Instalment 2 of 3", ar: "القسط 2 من 3" } }],
    });
    for (const { id, amountDue } of bill.instalments) {
      const paid = await pay(payer, id, amountDue.amount);
      expect(paid.payment.receipt.total.amount).toBe(amountDue.amount);
      expect((await pay(payer, id, amountDue.amount)).code).toBe("ALREADY_PAID");
    }
    expect(await balanceOf(payments.database.db, payer.id)).toBe(0n);
    expect((await pay(payer, billId, 100_01)).reason.en).toContain("in instalments");
  });

  test("are refused for a bill that is paid in full only, for too many, and for others' bills", async () => {
    const whole = await newCase(100_01n, {});
    expect((await split(whole.payer, whole.billId)).reason.en).toContain("so many instalments");
    const { payer, billId } = await newCase();
    expect((await split(payer, billId, { parts: 7 })).code).toBe("NOT_PAYABLE");
    expect((await split(omar, billId)).code).toBe("NOT_PAYABLE");
    expect((await split(payer, billId, { expectedAmount: 1 })).currentAmount.amount).toBe(100_01);
    const outside = await split(payer, billId, { parts: 25 });
    expect(outside.errors[0].extensions.code).toBe("BAD_USER_INPUT");
  });

  test("are refused for bills of a biller whose own system knows whole bills only", async () => {
    const { payer, billId } = await newCase();
    const request = { personId: payer.id, billId, parts: 3, expectedAmount: 100_01n };
    const withSystem = { ...deps(), hasSystem: () => true };
    const once = { ...request, idempotencyKey: newKey() };
    expect(await splitBillOnce(payments.database.db, once, withSystem)).toEqual({
      kind: "NOT_PAYABLE",
      reason: "NO_INSTALMENTS",
    });
  });

  test("a bill is either paid or split, whichever comes first, and split once for a key", async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      const { payer, billId } = await newCase();
      const again = { idempotencyKey: newKey() };
      const [paid, one, two] = await Promise.all([
        pay(payer, billId, 100_01),
        split(payer, billId, again),
        split(payer, billId, again),
      ]);
      const isPaid = paid.__typename === "PaymentMade";
      expect(one.__typename).toBe(isPaid ? "AlreadyPaid" : "BillSplit");
      expect(two).toEqual(one);
      expect(await balanceOf(payments.database.db, payer.id)).toBe(isPaid ? 0n : 100_01n);
    }
  });

  test("the database refuses parts that do not make up their bill", async () => {
    const { db } = payments.database;
    const { payer, billId } = await newCase();
    const part = await newBill(db, payer.id, 50n);
    const attempt = db.transaction().execute(async (tx: typeof db) => {
      await sql`update item set status = 'IN_INSTALMENTS' where id = ${billId}`.execute(tx);
      await sql`insert into instalment values (${part}, ${billId}, 1, 2)`.execute(tx);
    });
    await expect(attempt).rejects.toThrow("do not make it up");
  });

  test("the database refuses a discount on a fine that is never discounted", async () => {
    const discount = { percent: 25, until: new Date("2031-01-01") };
    const rta = { payableId: "rta-fine", billerId: "rta", discount };
    await expect(newFine(payments.database.db, omar.id, 100n, rta)).rejects.toThrow(
      "never discounted",
    );
    const query = `{ fine(id: "fine_amal_parking_2020_02") { discountable discount { percent } } }`;
    const { data } = await payments.ask(query, {
      principal: { ...omar, id: "person-amal" },
    });
    expect(data.fine).toEqual({ discountable: false, discount: null });
  });

  test("leave the books right", async () => {
    expect(await verifyLedger(payments.database.db)).toEqual([]);
  });
});
