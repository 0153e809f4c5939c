/** Receipts: numbered without gaps whatever happens, and a page to print in both languages. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ReceiptPage, receiptPage } from "../../../subgraphs/payments/receipt-page.ts";
import { subgraph } from "../../../subgraphs/payments/subgraph.ts";
import { databases } from "../../support/databases.ts";
import { startSubgraph, type StartedSubgraph } from "../../support/start-subgraph.ts";
import { amal, newBill, newKey, newPayer, omar, payBill } from "./fixtures.ts";

const receipt: ReceiptPage = {
  number: "DEWA-00000042",
  issuedAt: new Date("2020-05-01T20:30:00Z"),
  currency: "AED",
  total: 512_345n,
  lines: [
    { kind: "CHARGE", description: { en: "Electricity", ar: "كهرباء" }, amount: 500_000n },
    { kind: "TAX", description: { en: "VAT & <b>more</b>", ar: "ضريبة" }, amount: 12_345n },
  ],
  paymentId: "pay_1",
  payable: { en: "DEWA bill", ar: "فاتورة ديوا" },
  method: "CARD",
  cardLast4: "4242",
  sample: true,
};

describe("the page of a receipt", () => {
  const page = receiptPage(receipt);

  test("says everything in English, left to right, and in Arabic, right to left", () => {
    expect(page).toContain('<section lang="en" dir="ltr">');
    expect(page).toContain('<section lang="ar" dir="rtl">');
    for (const text of ["AED 5,123.45", "Electricity", "DEWA bill", "Total paid"]) {
      expect(page).toContain(text);
    }
    for (const text of ["كهرباء", "فاتورة ديوا", "الإجمالي المدفوع", "5,123.45"]) {
      expect(page).toContain(text);
    }
    expect(page.match(/<bdi dir="ltr">DEWA-00000042<\/bdi>/g)).toHaveLength(2);
  });

  test("tells the city's own time", () => {
    expect(page).toMatch(/2 May 2020 at 00:30/);
  });

  test("shows texts of others as text, and loads nothing", () => {
    expect(page).not.toContain("<b>more");
    expect(page).not.toMatch(/<script|src=|href=|url\(/);
    expect(page).toContain("default-src 'none'");
  });

  test("says that it is about sample data, when it is", () => {
    expect(page).toContain("no official document");
    expect(receiptPage({ ...receipt, sample: false })).not.toContain("no official document");
  });
});

describe.each(databases)("receipts on $kind", ({ kind }) => {
  let payments: StartedSubgraph;
  beforeAll(async () => {
    payments = await startSubgraph(subgraph, kind);
  });
  afterAll(() => payments[Symbol.asyncDispose]());

  test("come with their payment as data and as a page, to its payer and to nobody else", async () => {
    const query = `{ payment(id: "pay_bill_amal_dewa_2020_03") { receipt { number html total { amount } } } }`;
    const { data } = await payments.ask(query, { principal: amal });
    const { number, html } = data.payment.receipt;
    expect(number).toMatch(/^DEWA-\d{8}$/);
    expect(html).toContain(`<title>${number}</title>`);
    expect(html).toContain("City wallet");
    const others = await payments.ask(query, { principal: omar });
    expect(others.data.payment).toBeNull();
  });

  test("are numbered without a gap, also when payments fail among them", async () => {
    const payers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        newPayer(payments.database.db, index % 3 === 0 ? 0n : 100n),
      ),
    );
    const results = await Promise.all(
      payers.map(async (principal) => {
        const billId = await newBill(payments.database.db, principal.id, 100n, {
          payableId: "empower-bill",
          billerId: "empower",
        });
        const input = { billId, expectedAmount: 100, idempotencyKey: newKey() };
        return payments.ask(payBill, { principal, variables: { input } });
      }),
    );
    expect(results.filter(({ data }) => data.payBill.__typename === "PaymentMade")).toHaveLength(8);
    const { rows } = await payments.database.db
      .selectFrom("receipt")
      .select("number")
      .where("biller_id", "=", "empower")
      .orderBy("number")
      .execute()
      .then((found: { number: bigint }[]) => ({ rows: found.map(({ number }) => number) }));
    expect(rows).toEqual(rows.map((_: bigint, index: number) => BigInt(index + 1)));
  });
});
