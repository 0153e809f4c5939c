import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../../../platform/principal.ts";
import { voidItem } from "../../../subgraphs/payments/intake.store.ts";
import { verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { payOnce, type PayRequest } from "../../../subgraphs/payments/pay.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";
import {
  balanceOf,
  deps,
  dewa,
  newBill,
  newFine,
  newKey,
  newPayer,
  operator,
  payBill,
  payFine,
} from "./fixtures.ts";

let clockMs = Date.now();

const payField = (billId: string, alias: string) =>
  `${alias}: payBill(input: { billId: "${billId}", expectedAmount: 6000, idempotencyKey: "${alias}" }) { __typename }`;

describe.each(databases)("paying on $kind", ({ kind }) => {
  let payments: StartedSubgraph;
  beforeAll(async () => {
    payments = await startSubgraph(subgraph, kind, { clock: () => clockMs });
  });
  afterAll(() => payments[Symbol.asyncDispose]());

  const pay = async (principal: Principal, input: Record<string, unknown>) => {
    const query = "billId" in input ? payBill : payFine;
    const variables = { input: { idempotencyKey: newKey(), ...input } };
    const answer = await payments.ask(query, { principal, variables });
    return { ...answer, result: answer.data?.payBill ?? answer.data?.payFine };
  };

  test("takes the amount from the wallet, settles the bill and issues a receipt", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 500_00n);
    const billId = await newBill(db, payer.id, 412_50n);
    const { result } = await pay(payer, { billId, expectedAmount: 412_50, channel: "WEB" });
    expect(result).toMatchObject({
      __typename: "PaymentMade",
      message: { en: "Paid: AED 412.50." },
      payment: { amount: { amount: 412_50 }, receipt: { total: { amount: 412_50 } } },
    });
    expect(result.payment.id).toMatch(/^pay_[0-9a-f-]{36}$/);
    expect(result.payment.receipt.number).toMatch(/^DEWA-\d{8}$/);
    expect(await balanceOf(db, payer.id)).toBe(87_50n);
    const { data } = await payments.ask(
      `{ bill(id: "${billId}") { status amountDue { amount } total { amount } } me { unpaidBills { totalCount } payments { nodes { id channel method state } } } }`,
      { principal: payer },
    );
    expect(data.bill).toEqual({
      status: "PAID",
      amountDue: { amount: 0 },
      total: { amount: 412_50 },
    });
    expect(data.me.unpaidBills.totalCount).toBe(0);
    expect(data.me.payments.nodes).toEqual([
      { id: result.payment.id, channel: "WEB", method: "WALLET", state: "CAPTURED" },
    ]);
  });

  test("empties a wallet to the last fils", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 1n);
    const billId = await newBill(db, payer.id, 1n);
    expect((await pay(payer, { billId, expectedAmount: 1 })).result.__typename).toBe("PaymentMade");
    expect(await balanceOf(db, payer.id)).toBe(0n);
  });

  test("refuses when the amount has changed, and tells the new one", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 500_00n);
    const billId = await newBill(db, payer.id, 412_50n);
    const { result } = await pay(payer, { billId, expectedAmount: 412_49 });
    expect(result).toMatchObject({
      __typename: "AmountChanged",
      code: "AMOUNT_CHANGED",
      currentAmount: { amount: 412_50 },
      message: { en: expect.stringContaining("AED 412.50"), ar: expect.stringContaining("412.50") },
    });
    expect(await balanceOf(db, payer.id)).toBe(500_00n);
  });

  test("refuses when the wallet holds too little, and tells what is missing", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 100_00n);
    const billId = await newBill(db, payer.id, 100_01n);
    expect((await pay(payer, { billId, expectedAmount: 100_01 })).result).toMatchObject({
      __typename: "InsufficientBalance",
      balance: { amount: 100_00 },
      missing: { amount: 1 },
    });
    expect(await balanceOf(db, payer.id)).toBe(100_00n);
  });

  test("refuses a bill that is paid already, and names the payment", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 500_00n);
    const billId = await newBill(db, payer.id, 100_00n);
    const first = await pay(payer, { billId, expectedAmount: 100_00 });
    const second = await pay(payer, { billId, expectedAmount: 100_00 });
    expect(second.result).toMatchObject({
      __typename: "AlreadyPaid",
      payment: { id: first.result.payment.id },
    });
    expect(await balanceOf(db, payer.id)).toBe(400_00n);
  });

  test("finds nothing to pay in what is unknown, malformed, void, another kind, or somebody else's", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 500_00n);
    const other = await newPayer(db, 500_00n);
    const others = await newBill(db, other.id, 100_00n);
    const fine = await newFine(db, payer.id, 100_00n);
    const withdrawn = await newBill(db, payer.id, 100_00n);
    await db.transaction().execute((tx) => voidItem(tx, withdrawn));
    for (const billId of ["bill_unknown", "", "bill_\u0001", others, fine, withdrawn]) {
      const { result } = await pay(payer, { billId, expectedAmount: 100_00 });
      expect(result).toMatchObject({ __typename: "NotPayable", code: "NOT_PAYABLE" });
    }
    expect(await balanceOf(db, payer.id)).toBe(500_00n);
    expect(await balanceOf(db, other.id)).toBe(500_00n);
  });

  test("lets somebody without a wallet pay nothing", async () => {
    const { db } = payments.database;
    const payer = { ...(await newPayer(db, 0n)), id: `person-${newKey()}` };
    const billId = await newBill(db, payer.id, 5_00n);
    expect((await pay(payer, { billId, expectedAmount: 5_00 })).result).toMatchObject({
      __typename: "InsufficientBalance",
      missing: { amount: 5_00 },
    });
  });

  test("takes a fine with its discount, and the full amount once that has ended", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 2_000_00n);
    const discount = { percent: 25, until: new Date("2030-12-31T20:00:00Z") };
    const [early, late] = [
      await newFine(db, payer.id, 600_00n, { discount }),
      await newFine(db, payer.id, 600_00n, { discount }),
    ];
    clockMs = discount.until.getTime() - 1;
    const paidEarly = await pay(payer, { fineId: early, expectedAmount: 450_00 });
    expect(paidEarly.result.__typename).toBe("PaymentMade");
    clockMs = discount.until.getTime();
    const tooLate = await pay(payer, { fineId: late, expectedAmount: 450_00 });
    expect(tooLate.result).toMatchObject({
      __typename: "AmountChanged",
      currentAmount: { amount: 600_00 },
    });
    const inFull = await pay(payer, { fineId: late, expectedAmount: 600_00 });
    clockMs = Date.now();
    expect(inFull.result.__typename).toBe("PaymentMade");
    expect(await balanceOf(db, payer.id)).toBe(950_00n);
    const lines = await db
      .selectFrom("receipt_line")
      .select(["kind", "amount"])
      .where("payment_id", "=", paidEarly.result.payment.id)
      .orderBy("position")
      .execute();
    expect(lines).toEqual([
      { kind: "PENALTY", amount: 600_00n },
      { kind: "DISCOUNT", amount: -150_00n },
    ]);
  });

  test("does not pay a fine that is discounted to nothing", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 100_00n);
    const discount = { percent: 100, until: new Date("2100-01-01T00:00:00Z") };
    const fineId = await newFine(db, payer.id, 600_00n, { discount });
    const { result } = await pay(payer, { fineId, expectedAmount: 0 });
    expect(result).toMatchObject({
      __typename: "NotPayable",
      reason: { en: "Nothing is due on this." },
    });
  });

  test("answers a repeat with the first answer, whatever has happened since", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 100_00n);
    const billId = await newBill(db, payer.id, 60_00n);
    const input = { billId, expectedAmount: 60_00, idempotencyKey: newKey() };
    const first = await pay(payer, input);
    for (let repeat = 0; repeat < 3; repeat += 1) {
      expect((await pay(payer, input)).result).toEqual(first.result);
    }
    expect(await balanceOf(db, payer.id)).toBe(40_00n);

    const refusedInput = {
      billId: await newBill(db, payer.id, 50_00n),
      expectedAmount: 49_00,
      idempotencyKey: newKey(),
    };
    const refused = await pay(payer, refusedInput);
    expect(refused.result.__typename).toBe("AmountChanged");
    expect((await pay(payer, refusedInput)).result).toEqual(refused.result);
  });

  test("refuses a key that was used with other input, whatever differs", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 500_00n);
    const input = {
      billId: await newBill(db, payer.id, 60_00n),
      expectedAmount: 60_00,
      idempotencyKey: newKey(),
    };
    await pay(payer, input);
    const otherBill = await newBill(db, payer.id, 60_00n);
    for (const change of [{ billId: otherBill }, { expectedAmount: 61_00 }, { channel: "KIOSK" }]) {
      const { data, errors } = await pay(payer, { ...input, ...change });
      expect(data).toEqual({ payBill: null });
      expect(errors?.[0]?.extensions.code).toBe("IDEMPOTENCY_KEY_REUSED");
      expect(errors?.[0]?.message).toContain("Use a new key");
    }
    expect(await balanceOf(db, payer.id)).toBe(440_00n);
  });

  test("keeps the keys of persons and of operations apart", async () => {
    const { db } = payments.database;
    const [one, two] = [await newPayer(db, 100_00n), await newPayer(db, 100_00n)];
    const idempotencyKey = newKey();
    const results = [
      await pay(one, {
        billId: await newBill(db, one.id, 10_00n),
        expectedAmount: 10_00,
        idempotencyKey,
      }),
      await pay(two, {
        billId: await newBill(db, two.id, 20_00n),
        expectedAmount: 20_00,
        idempotencyKey,
      }),
      await pay(one, {
        fineId: await newFine(db, one.id, 30_00n),
        expectedAmount: 30_00,
        idempotencyKey,
      }),
    ];
    expect(results.map(({ result }) => result?.__typename)).toEqual(Array(3).fill("PaymentMade"));
  });

  test("keeps nothing of a payment that breaks before its end, so that the same key works again", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 100_00n);
    const itemId = await newBill(db, payer.id, 60_00n);
    const request: PayRequest = {
      operation: "payBill",
      kind: "BILL",
      personId: payer.id,
      itemId,
      expectedAmount: 60_00n,
      idempotencyKey: newKey(),
      // No such channel: the database breaks the payment after the wallet was debited.
      channel: "CARRIER_PIGEON",
      means: { method: "WALLET" },
    };
    const receiptsOf = () =>
      db.selectFrom("biller").select("last_receipt").where("agency_id", "=", "dewa").execute();
    const before = await receiptsOf();
    await expect(payOnce(db, request, deps())).rejects.toThrow("payment_channel_check");
    expect(await balanceOf(db, payer.id)).toBe(100_00n);
    expect(await receiptsOf()).toEqual(before);
    const again = await payOnce(db, { ...request, channel: "APP" }, deps());
    expect(again.kind).toBe("PAYMENT_MADE");
    expect(await balanceOf(db, payer.id)).toBe(40_00n);
  });

  test("pays several bills of one request one after the other", async () => {
    const { db } = payments.database;
    const payer = await newPayer(db, 100_00n);
    const bills = [await newBill(db, payer.id, 60_00n), await newBill(db, payer.id, 60_00n)];
    const { data } = await payments.ask(
      `mutation { ${bills.map((id, index) => payField(id, `p${index}`)).join(" ")} }`,
      { principal: payer },
    );
    expect(data).toEqual({
      p0: { __typename: "PaymentMade" },
      p1: { __typename: "InsufficientBalance" },
    });
  });

  test.each([
    ["an empty key", { idempotencyKey: "" }, "1 to 255 characters, not 0"],
    [
      "a key of 256 characters",
      { idempotencyKey: "k".repeat(256) },
      "1 to 255 characters, not 256",
    ],
    ["a key with control characters", { idempotencyKey: "a\u0001" }, "plain text"],
    ["an amount with decimals", { expectedAmount: 1.5 }, "whole number of minor units"],
    ["an unknown channel", { channel: "PIGEON" }, "PaymentChannel"],
  ])("refuses %s", async (_, change, message) => {
    const payer = await newPayer(payments.database.db, 0n);
    const { errors } = await pay(payer, { billId: "bill_x", expectedAmount: 1, ...change });
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain(message);
  });

  test("is for people who are signed in", async () => {
    const input = { billId: "bill_amal_dewa_2020_04", expectedAmount: 1, idempotencyKey: "k" };
    const codes = [];
    for (const principal of [undefined, dewa, operator]) {
      const { errors } = await payments.ask(payBill, {
        ...(principal ? { principal } : {}),
        variables: { input },
      });
      codes.push(errors?.[0]?.extensions.code);
    }
    expect(codes).toEqual(["UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN"]);
  });

  test("leaves the books right after all of this", async () => {
    expect(await verifyLedger(payments.database.db)).toEqual([]);
  });
});
