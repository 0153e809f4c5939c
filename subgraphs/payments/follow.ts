/**
 * Brings a payment to where the provider says it is: answers, webhooks and inquiries all end here. The
 * payment's row is locked, a view that is older than the last one is ignored, and what follows (capture,
 * ledger, receipt, refunds) is committed with it, in the caller's transaction.
 */
import type { Transaction } from "kysely";
import { dueLines } from "./due.ts";
import { totalOf } from "./charge-line.rules.ts";
import { lockItemById } from "./item.store.ts";
import { queueCall } from "./outbox.store.ts";
import type { PaymentEvent } from "./payment-state.rules.ts";
import { addTransition, lockPayment, type LockedPayment } from "./payment.store.ts";
import { eventsTowards, type ProviderView, refundStateOf } from "./provider.rules.ts";
import { completeRefund } from "./refund.ts";
import { pendingRefund } from "./refund.store.ts";
import { type SettleDeps, takeMoney } from "./settle.ts";
import type { Tables } from "./tables.ts";

const actor = "provider";

async function capture(
  tx: Transaction<Tables>,
  payment: LockedPayment,
  view: ProviderView,
  deps: SettleDeps,
): Promise<void> {
  const item = payment.item_id ? await lockItemById(tx, payment.item_id) : undefined;
  if (!item) throw new Error(`The provider captured ${payment.id}, which is for nothing yet.`);
  const lines = await dueLines(tx, item, payment.created_at);
  const amount = totalOf(lines);
  if (amount !== view.capturedAmount) {
    throw new Error(
      `The provider captured ${view.capturedAmount} of ${payment.id}, and ${amount} was asked for.`,
    );
  }
  const { id, biller_id: billerId, currency } = item;
  const money = {
    source: { kind: "CARD" },
    item: { id, billerId, currency },
    lines,
    amount,
  } as const;
  await takeMoney(tx, { payment, ...money, actor }, deps);
}

async function move(
  tx: Transaction<Tables>,
  payment: LockedPayment,
  event: PaymentEvent,
  view: ProviderView,
  deps: SettleDeps,
): Promise<void> {
  if (event === "PROVIDER_CAPTURED") return capture(tx, payment, view, deps);
  const { id: paymentId, state: from, version } = payment;
  const amount = event === "PROVIDER_AUTHORISED" ? { amount: view.authorisedAmount } : {};
  await addTransition(tx, { paymentId, from, version, event, actor, at: deps.now, ...amount });
}

async function captureWhenAuthorised(
  tx: Transaction<Tables>,
  payment: LockedPayment,
  { now, newId }: SettleDeps,
): Promise<void> {
  const { id: paymentId, state, capture: when, closing, amount } = payment;
  if (state !== "AUTHORISED" || when !== "AT_ONCE" || closing) return;
  await queueCall(tx, { id: newId("call"), kind: "CAPTURE", paymentId, amount, at: now });
}

async function settleRefunds(
  tx: Transaction<Tables>,
  payment: LockedPayment,
  view: ProviderView,
  deps: SettleDeps,
): Promise<void> {
  for (const told of view.refunds) {
    const refund = await pendingRefund(tx, payment.id, told.reference);
    if (!refund) continue;
    const now = await lockPayment(tx, payment.id);
    if (now) await completeRefund(tx, now, refund, refundStateOf(told), deps);
  }
}

/** What is unknown is settled also by hearing again what was known before. */
const isNews = (
  { state, provider_version: seen }: LockedPayment,
  { version }: ProviderView,
): boolean => version > seen || (version === seen && state === "UNKNOWN");

/** @returns whether the view told something new. */
export async function followProvider(
  tx: Transaction<Tables>,
  view: ProviderView,
  deps: SettleDeps,
): Promise<boolean> {
  let payment = await lockPayment(tx, view.reference);
  if (!payment || payment.method !== "CARD" || !isNews(payment, view)) return false;
  await tx
    .updateTable("payment")
    .set({
      provider_version: view.version,
      page_url: view.pageUrl,
      card_brand: view.card?.brand ?? null,
      card_last4: view.card?.last4 ?? null,
      failure: view.declineReason,
    })
    .where("id", "=", payment.id)
    .execute();
  const { state, authorised_amount: authorisedAmount, closing } = payment;
  for (const event of eventsTowards({ state, authorisedAmount, closing }, view)) {
    await move(tx, payment, event, view, deps);
    payment = (await lockPayment(tx, payment.id)) ?? payment;
  }
  await captureWhenAuthorised(tx, payment, deps);
  await settleRefunds(tx, payment, view, deps);
  return true;
}
