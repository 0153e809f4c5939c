/** A receipt as clients see it; its lines are loaded in payment.resolver.ts. */
import { Directive, Field, ObjectType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { Money } from "../kit/scalars.ts";
import type { Line } from "./charge-line.rules.ts";
import type { ReceiptPage } from "./receipt-page.ts";
import { receiptNumber } from "./payment.rules.ts";
import type { ReceiptRow } from "./receipt.store.ts";

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To take a payment once, and to prove and refund it")
@ObjectType({ description: "The biller's receipt for a payment. It never changes." })
export class Receipt {
  @Field(() => String, {
    description: "The biller's number for it, counted without gaps: DEWA-00000042.",
  })
  number!: string;

  @Field(() => Date, { description: "When it was issued." })
  issuedAt!: Date;

  @Field(() => Money, { description: "What was paid: the sum of the lines." })
  total!: Money;

  row!: ReceiptRow;
}

export const toReceipt = (row: ReceiptRow): Receipt =>
  Object.assign(new Receipt(), {
    number: receiptNumber(row.receipt_prefix, row.number),
    issuedAt: row.issued_at,
    total: Money.of(row.total, row.currency),
    row,
  });

/** @param lines as they were when it was paid. */
export const toReceiptPage = ({ row, number }: Receipt, lines: readonly Line[]): ReceiptPage => ({
  number,
  issuedAt: row.issued_at,
  currency: row.currency,
  total: row.total,
  lines,
  paymentId: row.payment_id,
  payable: { en: row.name_en, ar: row.name_ar },
  method: row.method,
  cardLast4: row.card_last4,
  sample: row.sample,
});
