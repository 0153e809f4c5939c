/** Postings: what a biller's own system was told of a payment, and what it answered. */
import type { Transaction } from "kysely";
import { nextPostingState, type PostingEvent, type PostingState } from "./payment-state.rules.ts";
import type { Tables } from "./tables.ts";

export async function insertPosting(
  tx: Transaction<Tables>,
  posting: { readonly paymentId: string; readonly billerId: string; readonly at: Date },
): Promise<void> {
  const { paymentId: payment_id, billerId: biller_id, at: created_at } = posting;
  await tx.insertInto("posting").values({ payment_id, biller_id, created_at }).execute();
}

export const lockPosting = (tx: Transaction<Tables>, paymentId: string) =>
  tx
    .selectFrom("posting")
    .selectAll()
    .where("payment_id", "=", paymentId)
    .forUpdate()
    .executeTakeFirstOrThrow();

/** Moves a posting along one edge; the database checks it again. */
export async function addPostingTransition(
  tx: Transaction<Tables>,
  transition: {
    readonly paymentId: string;
    readonly from: PostingState;
    readonly version: number;
    readonly event: PostingEvent;
    readonly at: Date;
    readonly transactionId?: string;
    /** The biller's reference, or why it rejected. */
    readonly detail?: string;
  },
): Promise<void> {
  const { paymentId, from, version, event, at, transactionId, detail } = transition;
  await tx
    .insertInto("posting_transition")
    .values({
      payment_id: paymentId,
      seq: version + 1,
      from_state: from,
      event,
      to_state: nextPostingState(from, event),
      at,
      transaction_id: transactionId ?? null,
      detail: detail ?? null,
    })
    .execute();
}
