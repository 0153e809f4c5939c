/**
 * Gives up what was not captured in time: a page that nobody used, a pump that never reported. A wallet
 * gets back what was held of it. A card's payment we never call expired ourselves: the provider is asked
 * to cancel, which releases the hold, and its answer ends the payment. Once a capture is on its way, the payment is left to it.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import { releaseHold } from "./hold.ts";
import { queueCall } from "./outbox.store.ts";
import { isSettled } from "./payment-state.rules.ts";
import { lockPayment } from "./payment.store.ts";
import type { SettleDeps } from "./settle.ts";
import type { Closing, Tables } from "./tables.ts";

/** @returns false when it is too late: settled, being closed, or being captured. */
export async function closePayment(
  tx: Transaction<Tables>,
  paymentId: string,
  closing: Closing,
  deps: SettleDeps,
): Promise<boolean> {
  const payment = await lockPayment(tx, paymentId);
  if (!payment || isSettled(payment.state) || payment.closing) return false;
  const capture = await tx
    .selectFrom("outbound_call")
    .select("id")
    .where("payment_id", "=", paymentId)
    .where("kind", "=", "CAPTURE")
    .executeTakeFirst();
  if (capture) return false;
  if (payment.method === "WALLET") {
    await releaseHold(tx, payment, closing === "EXPIRED" ? "HOLD_EXPIRED" : "HOLD_RELEASED", deps);
    return true;
  }
  const { now, newId } = deps;
  await tx.updateTable("payment").set({ closing }).where("id", "=", paymentId).execute();
  await queueCall(tx, { id: newId("call"), kind: "CANCEL", paymentId, at: now });
  return true;
}

/** @returns how many payments were given up. */
export async function expirePayments(db: Kysely<Tables>, deps: SettleDeps): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from payment p
    where state in ('CREATED', 'ACTION_REQUIRED', 'AUTHORISED', 'UNKNOWN') and closing is null
      and expires_at <= ${deps.now}
      and not exists (select from outbound_call where payment_id = p.id and kind = 'CAPTURE')
    order by expires_at limit 100`.execute(db);
  let closed = 0;
  for (const { id } of rows) {
    const isClosed = await db.transaction().execute((tx) => closePayment(tx, id, "EXPIRED", deps));
    if (isClosed) closed += 1;
  }
  return closed;
}
