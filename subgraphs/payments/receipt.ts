/** A receipt as clients see it; its lines are loaded in payment.resolver.ts. */
import { Directive, Field, ObjectType } from "type-graphql";
import { Money } from "../kit/scalars.ts";
import { receiptNumber } from "./payment.rules.ts";
import type { ReceiptRow } from "./receipt.store.ts";

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
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

  paymentId!: string;
}

export const toReceipt = (row: ReceiptRow): Receipt =>
  Object.assign(new Receipt(), {
    number: receiptNumber(row.receipt_prefix, row.number),
    issuedAt: row.issued_at,
    total: Money.of(row.total, row.currency),
    paymentId: row.payment_id,
  });
