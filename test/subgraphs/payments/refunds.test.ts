/** Refunds and batches through the graph: never over what was captured, each key once, whatever runs at once. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { addItem } from "../../../subgraphs/payments/intake.store.ts";
import { verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { databases } from "../../support/databases.ts";
import {
  amal,
  balanceOf,
  deps,
  dewa,
  newBill,
  newKey,
  newPayer,
  operator,
  resultFields,
} from "./fixtures.ts";
import { agreement, type Outside, startOutside } from "./outside.ts";

const refunder: Principal = { ...operator, scopes: [...operator.scopes, "payments:refund"] };
const refundPayment = `mutation ($input: RefundPaymentInput!) { refundPayment(input: $input) {
  ... on RefundOrdered { refund { id state amount { amount } } payment { id state refundable { amount } refunded { amount } } }
  ... on RefundRefused { code message { en } refundable { amount } } } }`;

describe.each(databases)("refunds on $kind", ({ kind }) => {
  let city: Outside;
  beforeAll(async () => {
    city = await startOutside({ kind });
  });
  afterAll(() => city[Symbol.asyncDispose]());

  const refund = async (
    paymentId: string,
    amount: number,
    expectedRefundable: number,
    over: Record<string, unknown> = {},
    principal: Principal | undefined = refunder,
  ) => {
    const base = { paymentId, amount, expectedRefundable, reason: "complaint" };
    const variables = { input: { ...base, idempotencyKey: newKey(), ...over } };
    const { data, errors } = await city.payments.ask(refundPayment, { principal, variables });
    return data?.refundPayment ?? errors?.[0];
  };
  const paidBy = async (method: "WALLET" | "CARD", amount = 100_00n, token = "tok_approve") => {
    const payer = await newPayer(city.db, 500_00n);
    const billId = await newBill(city.db, payer.id, amount);
    if (method === "CARD") {
      const { payment } = await city.payByCard(payer, billId, Number(amount), token);
      await city.until(payment.id, "CAPTURED");
      return { payer, billId, id: payment.id as string };
    }
    const input = { billId, expectedAmount: Number(amount), idempotencyKey: newKey() };
    const { data } = await city.payments.ask(
      `mutation ($input: PayBillInput!) { payBill(input: $input) { ${resultFields} } }`,
      { principal: payer, variables: { input } },
    );
    return { payer, billId, id: data.payBill.payment.id as string };
  };

  test("go back to the wallet at once, in parts and then in full", async () => {
    const { payer, billId, id } = await paidBy("WALLET");
    expect(await refund(id, 30_00, 100_00)).toMatchObject({
      refund: { state: "SUCCEEDED" },
      payment: { state: "PARTLY_REFUNDED", refundable: { amount: 70_00 } },
    });
    expect(await refund(id, 70_00, 70_00)).toMatchObject({
      payment: { state: "REFUNDED", refundable: { amount: 0 }, refunded: { amount: 100_00 } },
    });
    expect(await balanceOf(city.db, payer.id)).toBe(500_00n);
    expect(await refund(id, 1, 0)).toMatchObject({ code: "NOT_REFUNDABLE" });
    const { data } = await city.payments.ask(`{ bill(id: "${billId}") { status } }`, {
      principal: payer,
    });
    expect(data.bill.status).toBe("OPEN");
  });

  test("go back to the card when the provider has confirmed", async () => {
    const { id } = await paidBy("CARD");
    expect(await refund(id, 40_00, 100_00)).toMatchObject({ refund: { state: "PENDING" } });
    await city.until(id, "PARTLY_REFUNDED");
    expect(await refund(id, 60_00, 60_00)).toMatchObject({ refund: { state: "PENDING" } });
    await city.until(id, "REFUNDED");
  });

  test("that the provider refuses leave the money with the biller, to be refunded again", async () => {
    const { id } = await paidBy("CARD", 100_00n, "tok_refund_fails");
    const ordered = await refund(id, 40_00, 100_00);
    await city.untilQuiet();
    const [row] = await city.db
      .selectFrom("refund")
      .selectAll()
      .where("id", "=", ordered.refund.id)
      .execute();
    expect(row?.state).toBe("FAILED");
    expect(await city.stateOf(id)).toBe("CAPTURED");
    expect(await refund(id, 100_01, 100_00)).toMatchObject({ code: "REFUNDABLE_CHANGED" });
  });

  test("of more than is left, or after somebody else's, are refused with what is left", async () => {
    const { id } = await paidBy("WALLET");
    expect(await refund(id, 100_01, 100_00)).toMatchObject({
      code: "REFUNDABLE_CHANGED",
      refundable: { amount: 100_00 },
    });
    await refund(id, 10_00, 100_00);
    expect(await refund(id, 10_00, 100_00)).toMatchObject({ refundable: { amount: 90_00 } });
  });

  test.each(["WALLET", "CARD"] as const)("raced for by twenty are one: %s", async (method) => {
    const { payer, id } = await paidBy(method);
    const results = await Promise.all(Array.from({ length: 20 }, () => refund(id, 60_00, 100_00)));
    expect(results.filter((one) => one.refund)).toHaveLength(1);
    expect(results.filter((one) => one.code === "REFUNDABLE_CHANGED")).toHaveLength(19);
    await city.until(id, "PARTLY_REFUNDED");
    expect(await balanceOf(city.db, payer.id)).toBe(method === "WALLET" ? 460_00n : 500_00n);
  });

  test("under one key are one refund, and other input under it is refused", async () => {
    const { id } = await paidBy("WALLET");
    const idempotencyKey = newKey();
    const results = await Promise.all(
      Array.from({ length: 10 }, () => refund(id, 10_00, 100_00, { idempotencyKey })),
    );
    expect(new Set(results.map((one) => one.refund.id)).size).toBe(1);
    const other = await refund(id, 20_00, 90_00, { idempotencyKey });
    expect(other.extensions.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  test("take the Knowledge and Innovation Dirham back last, to the fils", async () => {
    const payer = await newPayer(city.db, 500_00n);
    const id = `fee_${newKey()}`;
    await city.db.transaction().execute((tx: Parameters<typeof addItem>[0]) =>
      addItem(tx, {
        id,
        kind: "SERVICE_FEE",
        personId: payer.id,
        payableId: "rta-registration-fee",
        billerId: "rta",
        issuedAt: new Date(),
        currency: "AED",
        sample: true,
        title: { en: "Renewal", ar: "تجديد" },
        fee: 50_00n,
      }),
    );
    const input = { feeId: id, expectedAmount: 70_00, idempotencyKey: newKey() };
    const { data } = await city.payments.ask(
      `mutation ($input: PayServiceFeeInput!) { payServiceFee(input: $input) { ${resultFields} } }`,
      { principal: payer, variables: { input } },
    );
    const paymentId = data.payServiceFee.payment.id;
    await refund(paymentId, 55_00, 70_00);
    const taken = await city.db
      .selectFrom("refund")
      .innerJoin("ledger_entry", "ledger_entry.transaction_id", "refund.transaction_id")
      .select(["account_id", "ledger_entry.amount"])
      .where("payment_id", "=", paymentId)
      .where("ledger_entry.amount", "<", 0n)
      .orderBy("position")
      .execute();
    expect(taken).toEqual([
      { account_id: "biller:rta:AED", amount: -50_00n },
      { account_id: "knowledge-dirham:AED", amount: -5_00n },
    ]);
  });

  test.each([
    ["a person", amal],
    ["an agency", { ...dewa, scopes: ["payments:refund"] }],
    ["an operator without the scope", operator],
  ] as const)("cannot be ordered by %s", async (_, principal) => {
    const { id } = await paidBy("WALLET");
    const refused = await refund(id, 10_00, 100_00, {}, principal as Principal);
    expect(refused.extensions.code).toBe("FORBIDDEN");
  });

  test("are refused for input that can never be right", async () => {
    const { id } = await paidBy("WALLET");
    for (const over of [{ amount: 0 }, { amount: -5 }, { reason: "" }, { idempotencyKey: "" }]) {
      expect((await refund(id, 10_00, 100_00, over)).extensions.code).toBe("BAD_USER_INPUT");
    }
  });

  test("let operators see a payment without what it was for, and nobody else", async () => {
    const { id, payer } = await paidBy("WALLET");
    const query = `{ payment(id: "${id}") { refundable { amount } paidFor { __typename } } }`;
    const ask = async (principal: Principal) =>
      (await city.payments.ask(query, { principal })).data.payment;
    expect(await ask(operator)).toEqual({ refundable: { amount: 100_00 }, paidFor: null });
    expect((await ask(payer)).paidFor).toEqual({ __typename: "Bill" });
    expect(await ask(amal)).toBeNull();
    expect(await ask({ ...operator, scopes: [] })).toBeNull();
    expect(await ask({ ...dewa, scopes: ["payments:read"] })).toBeNull();
  });

  const payBills = `mutation ($input: PayBillsInput!) { payBills(input: $input) { billId result { ${resultFields} } } }`;

  test("a batch pays what can be paid and says of each what came of it, also when sent again", async () => {
    const payer = await newPayer(city.db, 150_00n);
    const other = await newPayer(city.db, 0n);
    const ids = [
      await newBill(city.db, payer.id, 100_00n),
      await newBill(city.db, payer.id, 60_00n),
      await newBill(city.db, other.id, 10_00n),
      await newBill(city.db, payer.id, 50_00n),
    ];
    const bills = [100_00, 60_00, 10_00, 50_00].map((expectedAmount, index) => ({
      billId: ids[index],
      expectedAmount,
    }));
    const variables = { input: { bills, idempotencyKey: newKey() } };
    const first = await city.payments.ask(payBills, { principal: payer, variables });
    expect(first.data.payBills.map((one: any) => one.result.__typename)).toEqual([
      "PaymentMade",
      "InsufficientBalance",
      "NotPayable",
      "PaymentMade",
    ]);
    expect(await city.payments.ask(payBills, { principal: payer, variables })).toEqual(first);
    expect(await balanceOf(city.db, payer.id)).toBe(0n);
    const changed = { input: { ...variables.input, bills: bills.slice(1) } };
    const reused = await city.payments.ask(payBills, { principal: payer, variables: changed });
    expect(reused.errors?.[0]?.extensions.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  test("a batch of none, of too many, or with one bill twice is refused", async () => {
    const payer = await newPayer(city.db, 0n);
    const one = { billId: "bill_x", expectedAmount: 1 };
    const many = Array.from({ length: 21 }, (_, index) => ({ ...one, billId: `bill_${index}` }));
    for (const bills of [[], [one, one], many]) {
      const variables = { input: { bills, idempotencyKey: newKey() } };
      const { errors } = await city.payments.ask(payBills, { principal: payer, variables });
      expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    }
  });

  test("somebody gives up a payment that is not finished, and only their own", async () => {
    const payer = await newPayer(city.db, 0n);
    const billId = await newBill(city.db, payer.id, 10_00n);
    const { payment } = await city.payByCard(payer, billId, 10_00);
    const cancel = `mutation { cancelPayment(id: "${payment.id}") { id } }`;
    expect((await city.payments.ask(cancel, { principal: amal })).data.cancelPayment).toBeNull();
    expect((await city.payments.ask(cancel, { principal: payer })).data.cancelPayment.id).toBe(
      payment.id,
    );
    expect(await city.until(payment.id, "CANCELLED")).toBe("CANCELLED");
  });

  test("the database itself refuses refunds over what was captured", async () => {
    const { id } = await paidBy("WALLET");
    const values = {
      id: `refund_${newKey()}`,
      payment_id: id,
      amount: 100_01n,
      currency: "AED",
      state: "PENDING",
      cause: "OPERATOR",
      reason: "x",
      requested_by: "x",
      created_at: deps().now,
      transaction_id: "txn_top_up_amal_2020_02",
    };
    await expect(city.db.insertInto("refund").values(values).execute()).rejects.toThrow(
      "would exceed what was captured",
    );
  });

  test("leave provider and ledger agreed, and the books right", async () => {
    await city.untilQuiet();
    const { provider, ledger } = await agreement(city);
    expect(ledger).toBe(provider);
    expect(await verifyLedger(city.db)).toEqual([]);
  });
});
