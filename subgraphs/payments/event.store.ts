/**
 * The events of payments, one a transition, written by the database with it (migrations/0005). They leave in
 * the order of their positions: those of one payment are written under its lock, so theirs is the order in
 * which they happened.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Tables } from "./tables.ts";

export type PaymentEventRow = {
  readonly position: bigint;
  readonly payment_id: string;
  readonly seq: number;
  /** JSON. */
  readonly body: string;
};

/** Whether nobody else is sending: two that send at once could change the order. */
export async function lockSending(tx: Transaction<Tables>): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(7203146) as locked`.execute(tx);
  return rows[0]?.locked ?? false;
}

export async function unsentEvents(
  tx: Transaction<Tables>,
  limit: number,
): Promise<readonly PaymentEventRow[]> {
  const { rows } = await sql<PaymentEventRow>`
    select position, payment_id, seq, body::text as body from payment_event
    where sent_at is null order by position limit ${limit}`.execute(tx);
  return rows;
}

export async function markSent(
  tx: Transaction<Tables>,
  positions: readonly bigint[],
  at: Date,
): Promise<void> {
  await tx
    .updateTable("payment_event")
    .set({ sent_at: at })
    .where("position", "in", [...positions])
    .execute();
}

export async function pruneEvents(db: Kysely<Tables>, sentBefore: Date): Promise<bigint> {
  const { numDeletedRows } = await db
    .deleteFrom("payment_event")
    .where("sent_at", "<", sentBefore)
    .executeTakeFirst();
  return numDeletedRows;
}

export async function pruneWebhooks(db: Kysely<Tables>, receivedBefore: Date): Promise<bigint> {
  const { numDeletedRows } = await db
    .deleteFrom("webhook")
    .where("received_at", "<", receivedBefore)
    .executeTakeFirst();
  return numDeletedRows;
}
