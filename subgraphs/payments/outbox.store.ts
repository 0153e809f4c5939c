/**
 * The outbox: calls to the provider and to billers, written in the transaction that decides them and
 * made after it. A claimed call is leased: when its process dies, it falls due again by itself.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import type { CallKind, Tables } from "./tables.ts";

export type NewCall = {
  readonly id: string;
  readonly kind: CallKind;
  readonly paymentId: string;
  readonly at: Date;
  readonly amount?: bigint;
  readonly refundId?: string;
};

/** One call of a kind per payment (and refund): a second one is the first one. */
export async function queueCall(tx: Transaction<Tables>, call: NewCall): Promise<void> {
  await tx
    .insertInto("outbound_call")
    .values({
      id: call.id,
      kind: call.kind,
      payment_id: call.paymentId,
      refund_id: call.refundId ?? null,
      amount: call.amount ?? null,
      due_at: call.at,
      last_error: null,
      created_at: call.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export type DueCall = {
  readonly id: string;
  readonly kind: CallKind;
  readonly payment_id: string;
  readonly refund_id: string | null;
  readonly amount: bigint | null;
  /** This one included. */
  readonly attempts: number;
};

/** Takes calls that are due, oldest first; nobody else gets them until the lease is over. */
export async function claimCalls(
  db: Kysely<Tables>,
  { now, leaseMs, limit }: { readonly now: Date; readonly leaseMs: number; readonly limit: number },
): Promise<readonly DueCall[]> {
  const { rows } = await sql<DueCall>`
    update outbound_call set attempts = attempts + 1, due_at = ${new Date(now.getTime() + leaseMs)}
    where id in (select id from outbound_call where state = 'DUE' and due_at <= ${now}
      order by due_at limit ${limit} for update skip locked)
    returning id, kind, payment_id, refund_id, amount, attempts`.execute(db);
  return rows;
}

export async function finishCall(tx: Kysely<Tables>, id: string): Promise<void> {
  await tx.updateTable("outbound_call").set({ state: "DONE" }).where("id", "=", id).execute();
}

export async function postponeCall(
  tx: Kysely<Tables>,
  id: string,
  dueAt: Date,
  error: string,
): Promise<void> {
  await tx
    .updateTable("outbound_call")
    .set({ due_at: dueAt, last_error: error.slice(0, 500) })
    .where("id", "=", id)
    .where("state", "=", "DUE")
    .execute();
}
