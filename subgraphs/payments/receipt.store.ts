/**
 * Receipts. A biller's numbers have no gaps: the next one is taken by updating the biller's row in the
 * transaction of the payment, so a payment that rolls back gives its number back.
 */
import { type InferResult, type Kysely, sql, type Transaction } from "kysely";
import { type Line, totalOf } from "./charge-line.rules.ts";
import { toLineColumns } from "./item.store.ts";
import type { Tables } from "./tables.ts";

const selectReceipts = (db: Kysely<Tables>) =>
  db
    .selectFrom("receipt")
    .innerJoin("biller", "biller.agency_id", "receipt.biller_id")
    .innerJoin("payment", "payment.id", "receipt.payment_id")
    .innerJoin("item", "item.id", "payment.item_id")
    .innerJoin("payable", "payable.id", "item.payable_id")
    .select([
      "receipt.payment_id",
      "receipt.number",
      "biller.receipt_prefix",
      "receipt.issued_at",
      "receipt.total",
      "receipt.currency",
      "payable.name_en",
      "payable.name_ar",
      "payment.method",
      "payment.card_last4",
      "item.sample",
    ]);

export type ReceiptRow = InferResult<ReturnType<typeof selectReceipts>>[number];

export const receiptsOfPayments = (db: Kysely<Tables>, paymentIds: readonly string[]) =>
  selectReceipts(db)
    .where("receipt.payment_id", "in", [...paymentIds])
    .execute();

export const linesOfReceipts = (db: Kysely<Tables>, paymentIds: readonly string[]) =>
  db
    .selectFrom("receipt_line")
    .selectAll()
    .where("payment_id", "in", [...paymentIds])
    .orderBy("payment_id")
    .orderBy("position")
    .execute();

export type NewReceipt = {
  readonly paymentId: string;
  readonly billerId: string;
  readonly issuedAt: Date;
  readonly currency: string;
  readonly lines: readonly Line[];
};

/** Takes the biller's next number and holds its row until the transaction ends: do it last. */
export async function issueReceipt(tx: Transaction<Tables>, receipt: NewReceipt): Promise<void> {
  const { paymentId, billerId, issuedAt, currency, lines } = receipt;
  const { last_receipt: number } = await tx
    .updateTable("biller")
    .set({ last_receipt: sql`last_receipt + 1` })
    .where("agency_id", "=", billerId)
    .returning("last_receipt")
    .executeTakeFirstOrThrow();
  await tx
    .insertInto("receipt")
    .values({
      payment_id: paymentId,
      biller_id: billerId,
      number,
      issued_at: issuedAt,
      total: totalOf(lines),
      currency,
    })
    .execute();
  await tx
    .insertInto("receipt_line")
    .values(lines.map((line, index) => ({ payment_id: paymentId, ...toLineColumns(line, index) })))
    .execute();
}
