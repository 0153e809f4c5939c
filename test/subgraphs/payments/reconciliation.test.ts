/** Settlement files of the provider: imported once however often, matched, settled in the ledger, differences told. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { balanceOfAccount } from "../../../subgraphs/payments/ledger.store.ts";
import { verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { importSettlement } from "../../../subgraphs/payments/settlement.ts";
import {
  readSettlementFile,
  SettlementFileError,
} from "../../../subgraphs/payments/settlement-file.rules.ts";
import { feeOf } from "../../../tools/sandbox-provider/payment.rules.ts";
import { databases } from "../../support/databases.ts";
import { amal, deps, dewa, newBill, newKey, newPayer, operator } from "./fixtures.ts";
import { type Outside, startOutside } from "./outside.ts";

const header = "reference,kind,refund_reference,amount,fee,currency,at";
const line = (reference: string, amount: bigint, at = "2020-05-01T10:00:00.000Z") =>
  `${reference},capture,,${amount},0,AED,${at}`;
const file = (...lines: readonly string[]) => [header, ...lines, ""].join("\n");

describe("reading a settlement file", () => {
  test("gives captures and refunds, and counts lines that are equal", () => {
    const refund = "pay_1,refund,refund_1,-50,0,AED,2020-05-01T10:00:00.000Z";
    const read = readSettlementFile(file(line("pay_1", 100n), line("pay_1", 100n), refund));
    expect(read.map(({ kind, amount, copy }) => [kind, amount, copy])).toEqual([
      ["capture", 100n, 1],
      ["capture", 100n, 2],
      ["refund", -50n, 1],
    ]);
  });

  test.each([
    [
      "an amount with a point",
      "pay_1,capture,,1.00,0,AED,2020-05-01T10:00:00Z",
      "Line 2 .* amount",
    ],
    ["a refund above zero", "pay_1,refund,r_1,5,0,AED,2020-05-01T10:00:00Z", "below zero"],
    ["a refund without its id", "pay_1,refund,,-5,0,AED,2020-05-01T10:00:00Z", "refund_reference"],
    ["a moment that is none", "pay_1,capture,,5,0,AED,yesterday", "at "],
    ["too few columns", "pay_1,capture", "no CSV"],
  ])("refuses the whole file for %s", (_, bad, problem) => {
    expect(() => readSettlementFile(file(bad))).toThrow(SettlementFileError);
    expect(() => readSettlementFile(file(bad))).toThrow(new RegExp(problem));
  });
});

const reconciler: Principal = {
  ...operator,
  scopes: ["payments:read", "payments:refund", "payments:reconcile"],
};
const importDay = `mutation ($day: LocalDate!) { importSettlement(day: $day) { lines isNew differences } }`;
const differences = `{ settlementDifferences(first: 50) { totalCount nodes { kind paymentId refundId
  amountHere { amount } amountThere { amount } } } }`;

describe.each(databases)("reconciliation on $kind", ({ kind }) => {
  let city: Outside;
  beforeAll(async () => {
    city = await startOutside({ kind });
  });
  afterAll(() => city[Symbol.asyncDispose]());

  const today = () => new Date().toISOString().slice(0, 10);
  const paid = async (amount: bigint) => {
    const payer = await newPayer(city.db, 0n);
    const billId = await newBill(city.db, payer.id, amount);
    const { payment } = await city.payByCard(payer, billId, Number(amount), "tok_approve");
    await city.until(payment.id, "CAPTURED");
    return payment.id as string;
  };
  const refund = async (paymentId: string, amount: number, expectedRefundable: number) => {
    const input = { paymentId, amount, expectedRefundable, reason: "x", idempotencyKey: newKey() };
    const query = `mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) { __typename } }`;
    await city.payments.ask(query, { principal: reconciler, variables: { input } });
    await city.untilQuiet();
  };
  const run = async (day = today()) => {
    const answer = await city.payments.ask(importDay, {
      principal: reconciler,
      variables: { day },
    });
    return answer.data?.importSettlement ?? answer;
  };
  const listed = async () =>
    (await city.payments.ask(differences, { principal: reconciler })).data.settlementDifferences;
  const books = async () => ({
    provider: await balanceOfAccount(city.db, "provider:AED"),
    bank: await balanceOfAccount(city.db, "bank:AED"),
    fees: await balanceOfAccount(city.db, "fees:AED"),
  });

  test("settles what matches: the provider owes nothing more, the bank has it less the fees", async () => {
    const one = await paid(120_00n);
    await paid(333_33n);
    await refund(one, 20_00, 120_00);
    expect(await run()).toEqual({ lines: 3, isNew: true, differences: 0 });
    const fees = feeOf(120_00n) + feeOf(333_33n);
    expect(await books()).toEqual({ provider: 0n, bank: -(433_33n - fees), fees: -fees });
    expect(await verifyLedger(city.db)).toEqual([]);
  });

  test("changes nothing when it is run again, also by several at once", async () => {
    const before = await books();
    const again = await Promise.all([run(), run(), run()]);
    expect(again.map(({ isNew }) => isNew)).toEqual([false, false, false]);
    expect(await books()).toEqual(before);
  });

  test("takes what is new of a longer file of the same day, and nothing twice", async () => {
    const before = await books();
    await paid(50_00n);
    expect(await run()).toMatchObject({ lines: 4, isNew: true, differences: 0 });
    const after = await books();
    expect(after.bank - before.bank).toBe(-(50_00n - feeOf(50_00n)));
    expect(after.provider).toBe(0n);
  });

  test("lists what differs, and settles none of it", async () => {
    const id = await paid(70_00n);
    const known = await paid(80_00n);
    const before = await books();
    const csv = file(
      line("pay_unheard_of", 10_00n),
      line(id, 70_01n),
      line(known, 80_00n),
      line(known, 80_00n),
    );
    const request = { day: "2020-05-02", csv, importedBy: "operator:x" };
    await importSettlement(city.db, request, deps());
    const { nodes, totalCount } = await listed();
    expect(totalCount).toBe(nodes.length);
    const found = nodes.map((one: any) => [
      one.kind,
      one.paymentId,
      one.amountThere?.amount ?? null,
      one.amountHere?.amount ?? null,
    ]);
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        ["MISSING_HERE", "pay_unheard_of", 10_00, null],
        ["AMOUNT_DIFFERS", id, 70_01, 70_00],
        ["DUPLICATE", known, 80_00, 80_00],
      ]),
    );
    expect((await books()).provider - before.provider).toBe(80_00n);
    expect(await verifyLedger(city.db)).toEqual([]);
    // The provider's own file has the right amount for the one, and the other once more.
    await run();
    expect((await books()).provider).toBe(0n);
    expect((await listed()).totalCount).toBe(4);
  });

  test("tells what the provider did not settle, once its file of that day is there", async () => {
    const payer = await newPayer(city.db, 0n);
    const billId = await newBill(city.db, payer.id, 5_00n);
    const { payment } = await city.payByCard(payer, billId, 5_00, "tok_approve");
    await city.until(payment.id, "CAPTURED");
    const { nodes } = await listed();
    expect(nodes).toContainEqual({
      kind: "MISSING_THERE",
      paymentId: payment.id,
      refundId: null,
      amountHere: { amount: 5_00 },
      amountThere: null,
    });
    await run();
    const after = await listed();
    expect(after.nodes.map(({ paymentId }: any) => paymentId)).not.toContain(payment.id);
  });

  test("is for operators with the scope, and for nobody else", async () => {
    for (const principal of [amal, dewa, operator]) {
      for (const query of [differences, importDay]) {
        const variables = { day: today() };
        const { errors } = await city.payments.ask(query, { principal, variables });
        expect(errors?.[0]?.extensions.code).toBe("FORBIDDEN");
      }
    }
    const { errors } = await city.payments.ask(differences);
    expect(errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });
});
