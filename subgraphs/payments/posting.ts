/**
 * What a biller's system answers to a payment. Posted: the money leaves clearing for the biller and the
 * other beneficiaries. Rejected: it goes back to the payer by itself. Not known: asked again with the
 * same payment id, which the biller must not post twice.
 */
import type { Kysely, Transaction } from "kysely";
import type { BillerPayment, PostAnswer } from "./biller-system.ts";
import { toLine } from "./item.store.ts";
import { postTransaction } from "./ledger.store.ts";
import { accountId, sharesOf, transfer } from "./payment.rules.ts";
import { lockPayment } from "./payment.store.ts";
import { addPostingTransition, lockPosting } from "./posting.store.ts";
import { linesOfReceipts } from "./receipt.store.ts";
import { orderRefund } from "./refund.ts";
import type { SettleDeps } from "./settle.ts";
import type { Tables } from "./tables.ts";

/** What to tell the biller of a captured payment. */
export async function billerPaymentOf(
  db: Kysely<Tables>,
  id: string,
): Promise<BillerPayment & { readonly billerId: string }> {
  const row = await db
    .selectFrom("payment")
    .innerJoin("posting", "posting.payment_id", "payment.id")
    .select(["payment.item_id", "payment.captured_amount", "payment.currency", "posting.biller_id"])
    .where("payment.id", "=", id)
    .executeTakeFirstOrThrow();
  const { item_id: itemId, captured_amount: amount, currency, biller_id: billerId } = row;
  return { paymentId: id, itemId: itemId ?? "", amount, currency, billerId };
}

/** Records the answer. The second and later ones to the same question change nothing. */
export async function followBiller(
  tx: Transaction<Tables>,
  paymentId: string,
  answer: Exclude<PostAnswer, { kind: "NOT_SENT" }>,
  deps: SettleDeps,
): Promise<void> {
  const payment = await lockPayment(tx, paymentId);
  const { state: from, version, biller_id: billerId } = await lockPosting(tx, paymentId);
  if (!payment || from === "POSTED" || from === "REJECTED") return;
  const moved = { paymentId, from, version, at: deps.now };
  const { currency, captured_amount: amount } = payment;
  switch (answer.kind) {
    case "UNKNOWN":
      if (from === "PENDING")
        await addPostingTransition(tx, { ...moved, event: "BILLER_TIMED_OUT" });
      return;
    case "POSTED": {
      const lines = (await linesOfReceipts(tx, [paymentId])).map(toLine);
      const shares = sharesOf(lines, { billerId, currency });
      const transactionId = deps.newId("txn");
      const postings = transfer(accountId("CLEARING", currency), shares);
      const posted = { id: transactionId, kind: "POSTING", occurredAt: deps.now } as const;
      await postTransaction(tx, { ...posted, currency, postings });
      const detail = answer.reference;
      await addPostingTransition(tx, { ...moved, event: "BILLER_POSTED", transactionId, detail });
      return;
    }
    case "REJECTED": {
      await addPostingTransition(tx, { ...moved, event: "BILLER_REJECTED", detail: answer.reason });
      const requestedBy = `biller:${billerId}`;
      const order = { amount, cause: "POSTING_REJECTED", reason: answer.reason } as const;
      await orderRefund(tx, payment, billerId, { ...order, requestedBy }, deps);
      return;
    }
    default:
      throw new TypeError(`No such answer: ${String(answer satisfies never)}`);
  }
}
