/** Paying by card against the sandbox provider: every test card, webhooks in any order, billers that answer or not. */
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyLedger } from "../../../subgraphs/payments/ledger.verify.ts";
import { databases } from "../../support/databases.ts";
import { newBill, newPayer } from "./fixtures.ts";
import { agreement, type Outside, startOutside } from "./outside.ts";

const line = (amount: bigint) => ({
  kind: "CHARGE",
  description: { en: "Mobile plan", ar: "باقة" },
  amount,
});
const du = { payableId: "du-bill", billerId: "du" } as const;

describe.each(databases)("paying by card on $kind", ({ kind }) => {
  let city: Outside;
  let laterMs = 0;
  /** What the biller's own system says of a bill, by its id. */
  const atBiller = new Map<
    string,
    { amount: bigint; answer: "POSTED" | "REJECTED" | "UNANSWERED" }
  >();
  beforeAll(async () => {
    city = await startOutside({
      kind,
      clock: () => Date.now() + laterMs,
      billOf(id) {
        const bill = atBiller.get(id);
        return bill && { due: true, lines: [line(bill.amount)] };
      },
      decide: ({ bill }) => atBiller.get(bill)?.answer ?? "REJECTED",
    });
  });
  afterAll(() => city[Symbol.asyncDispose]());

  const transitionsOf = async (id: string) => {
    const rows = await city.db
      .selectFrom("payment_transition")
      .select(["to_state", "actor"])
      .where("payment_id", "=", id)
      .orderBy("seq")
      .execute();
    return rows.map(({ to_state: state }: { to_state: string }) => state);
  };
  const billStatus = async (id: string) => {
    const [row] = await city.db.selectFrom("item").select("status").where("id", "=", id).execute();
    return row?.status;
  };
  const started = async (cardToken?: string, amount = 120_00n) => {
    const payer = await newPayer(city.db, 0n);
    const billId = await newBill(city.db, payer.id, amount);
    const result = await city.payByCard(payer, billId, Number(amount), cardToken);
    expect(result.__typename).toBe("PaymentStarted");
    return { payer, billId, id: result.payment.id as string, payment: result.payment };
  };

  test("authorises, captures, posts, settles the bill and issues a receipt", async () => {
    const { payer, billId, id } = await started("tok_approve");
    await city.until(id, "CAPTURED");
    expect(await transitionsOf(id)).toEqual(["AUTHORISED", "CAPTURED"]);
    expect(await billStatus(billId)).toBe("PAID");
    const { data } = await city.payments.ask(
      `{ payment(id: "${id}") { state amount { amount } paidAt card { brand last4 } receipt { number total { amount } } } }`,
      { principal: payer },
    );
    expect(data.payment).toMatchObject({
      state: "CAPTURED",
      amount: { amount: 120_00 },
      card: { last4: "4242" },
      receipt: { total: { amount: 120_00 } },
    });
  });

  test.each([
    ["tok_decline", "card_declined"],
    ["tok_insufficient_funds", "insufficient_funds"],
    ["tok_unheard_of", "unknown_token"],
  ])("tells why %s is declined, and leaves the bill to be paid", async (token, failure) => {
    const { payer, billId, id, payment } = await started(token);
    expect(payment).toMatchObject({ state: "DECLINED", failure });
    expect(await billStatus(billId)).toBe("OPEN");
    expect(await transitionsOf(id)).toEqual(["DECLINED"]);
    const again = await city.payByCard(payer, billId, 120_00, "tok_approve");
    await city.until(again.payment.id, "CAPTURED");
  });

  test("sends the person to the provider's page, and to its second step", async () => {
    const { id, payment } = await started();
    expect(payment).toMatchObject({ state: "ACTION_REQUIRED", card: null });
    const form = await fetch(payment.pageUrl);
    expect(await form.text()).toContain("Card number");
    const body = new URLSearchParams({ number: "4000 0025 0000 3155" });
    const challenge = await fetch(payment.pageUrl, { method: "POST", body });
    expect(await challenge.text()).toContain("Code");
    const code = new URLSearchParams({ code: "123456" });
    await fetch(`${payment.pageUrl}/confirm`, { method: "POST", body: code });
    await city.until(id, "CAPTURED");
    expect(await transitionsOf(id)).toEqual(["ACTION_REQUIRED", "AUTHORISED", "CAPTURED"]);
    const kept = JSON.stringify(
      await city.db.selectFrom("payment").selectAll().where("id", "=", id).execute(),
      (_, value) => (typeof value === "bigint" ? `${value}` : value),
    );
    expect(kept).not.toMatch(/4000002500003155/);
    expect(kept).toContain("3155");
  });

  test("declines when the second step fails", async () => {
    const { id, payment } = await started("tok_challenge");
    const code = new URLSearchParams({ code: "000000" });
    await fetch(`${payment.pageUrl}/confirm`, { method: "POST", body: code });
    expect(await city.until(id, "DECLINED")).toBe("DECLINED");
  });

  test("settles a time-out by asking, and never by guessing", async () => {
    const { id } = await started("tok_timeout");
    await city.until(id, "CAPTURED");
    const states = await transitionsOf(id);
    expect(states).toContain("UNKNOWN");
    expect(states.filter((state) => state === "CAPTURED")).toHaveLength(1);
    const there = city.provider.payments().filter(({ reference }) => reference === id);
    expect(there.map(({ captured }) => captured)).toEqual([120_00n]);
  });

  test.each(["tok_duplicate_webhook", "tok_late_webhook", "tok_webhook_first"])(
    "takes webhooks as they come: %s",
    async (token) => {
      const { id } = await started(token);
      await city.until(id, "CAPTURED");
      expect((await transitionsOf(id)).filter((state) => state === "CAPTURED")).toHaveLength(1);
    },
  );

  test("refuses a second payment while one is under way, and names it", async () => {
    const { payer, billId, id } = await started();
    const second = await city.payByCard(payer, billId, 120_00, "tok_approve");
    expect(second).toMatchObject({ __typename: "PaymentUnderWay", payment: { id } });
  });

  test("gives up a page that nobody used, which frees the bill", async () => {
    const { billId, id, payment, payer } = await started();
    laterMs += 16 * 60_000;
    expect(await city.until(id, "EXPIRED")).toBe("EXPIRED");
    const late = await fetch(payment.pageUrl, {
      method: "POST",
      body: new URLSearchParams({ number: "4242424242424242" }),
    });
    expect(await late.text()).toContain("cancelled");
    expect(await billStatus(billId)).toBe("OPEN");
    const again = await city.payByCard(payer, billId, 120_00, "tok_approve");
    expect(await city.until(again.payment.id, "CAPTURED")).toBe("CAPTURED");
    laterMs = 0;
  });

  test("keeps card numbers out: what looks like one is refused as a token", async () => {
    const payer = await newPayer(city.db, 0n);
    const billId = await newBill(city.db, payer.id, 10_00n);
    for (const token of ["4242424242424242", "tok_4242424242424242"]) {
      const { errors } = await city.payByCard(payer, billId, 10_00, token);
      expect(errors[0].extensions.code).toBe("BAD_USER_INPUT");
      expect(errors[0].message).not.toContain("4242");
    }
  });

  test("refuses webhooks that are forged, altered or old, and takes each id once", async () => {
    const { id } = await started("tok_approve");
    await city.until(id, "CAPTURED");
    await city.untilQuiet();
    const send = async (secret: string, ageMs: number, version: number, webhookId = "msg_test") => {
      const at = new Date(Date.now() - ageMs);
      const body = JSON.stringify({
        type: "payment.updated",
        data: {
          reference: id,
          version,
          status: "declined",
          authorised_amount: "0",
          captured_amount: "0",
          page_url: null,
          card: null,
          decline_reason: "late",
          refunds: [],
        },
      });
      const headers = {
        "webhook-id": webhookId,
        "webhook-timestamp": `${Math.floor(at.getTime() / 1_000)}`,
        "webhook-signature": new Webhook(secret).sign(webhookId, at, body),
      };
      const response = await fetch(city.webhookUrl, { method: "POST", headers, body });
      return { status: response.status, body: (await response.json()) as { received?: string } };
    };
    const other = `whsec_${Buffer.from("x".repeat(24)).toString("base64")}`;
    expect((await send(other, 0, 99)).status).toBe(401);
    expect((await send(city.webhookSecret, 10 * 60_000, 99)).status).toBe(401);
    expect((await send(city.webhookSecret, 0, 1)).body.received).toBe("first");
    expect((await send(city.webhookSecret, 0, 1)).body.received).toBe("again");
    // Older than what is known, or impossible now: nothing changes.
    expect((await send(city.webhookSecret, 0, 99, "msg_test_2")).status).toBe(200);
    expect(await city.stateOf(id)).toBe("CAPTURED");
  });

  describe("of a biller with a system of its own", () => {
    const billOfDu = async (answer: "POSTED" | "REJECTED" | "UNANSWERED", amount = 80_00n) => {
      const payer = await newPayer(city.db, 500_00n);
      const billId = await newBill(city.db, payer.id, 80_00n, du);
      atBiller.set(billId, { amount, answer });
      return { payer, billId };
    };
    const postingOf = async (id: string) => {
      await city.untilQuiet();
      const [row] = await city.db
        .selectFrom("posting")
        .selectAll()
        .where("payment_id", "=", id)
        .execute();
      return row;
    };

    test("posts the payment there, once", async () => {
      const { payer, billId } = await billOfDu("POSTED");
      const { payment } = await city.payByCard(payer, billId, 80_00, "tok_approve");
      await city.until(payment.id, "CAPTURED");
      expect(await postingOf(payment.id)).toMatchObject({ state: "POSTED" });
      expect(city.biller.postings.get(payment.id)?.amount).toBe(80_00n);
    });

    test("asks again when the posting was not answered, and posts once", async () => {
      const { payer, billId } = await billOfDu("UNANSWERED");
      const { payment } = await city.payByCard(payer, billId, 80_00, "tok_approve");
      await city.until(payment.id, "CAPTURED");
      expect(await postingOf(payment.id)).toMatchObject({ state: "POSTED", version: 2 });
    });

    test("gives the money back by itself when the biller rejects, and the bill is due again", async () => {
      const { payer, billId } = await billOfDu("REJECTED");
      const { payment } = await city.payByCard(payer, billId, 80_00, "tok_approve");
      await city.until(payment.id, "REFUNDED");
      expect(await postingOf(payment.id)).toMatchObject({
        state: "REJECTED",
        rejection: "account closed",
      });
      expect(await billStatus(billId)).toBe("OPEN");
    });

    test("refuses an amount that has changed at the biller since the person looked", async () => {
      const { payer, billId } = await billOfDu("POSTED", 95_00n);
      const refused = await city.payByCard(payer, billId, 80_00, "tok_approve");
      expect(refused).toMatchObject({
        __typename: "AmountChanged",
        currentAmount: { amount: 95_00 },
      });
      const { payment } = await city.payByCard(payer, billId, 95_00, "tok_approve");
      await city.until(payment.id, "CAPTURED");
    });
  });

  test("leaves provider and ledger agreed to the fils, and the books right", async () => {
    await city.untilQuiet();
    const { provider, ledger } = await agreement(city);
    expect(ledger).toBe(provider);
    expect(provider).toBeGreaterThan(0n);
    expect(await verifyLedger(city.db)).toEqual([]);
  });
});
