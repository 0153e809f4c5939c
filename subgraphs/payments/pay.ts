/**
 * Paying one item: once per idempotency key, whole or not at all. From the wallet it is paid at once; by
 * card the payment is recorded with a call to the provider in the outbox, and goes on by what the
 * provider tells (follow.ts). Everything happens in one database transaction at READ COMMITTED. Rows are
 * locked in one order: idempotency key, item, wallet, biller. Facts are read after the locks that
 * protect them, so that concurrent payers of one item settle it exactly once and nobody can wait in a circle.
 */
import type { Kysely, Transaction } from "kysely";
import { isRecordId } from "./access.rules.ts";
import type { Line } from "./charge-line.rules.ts";
import { dueLines } from "./due.ts";
import { doOnce } from "./idempotency.ts";
import { lockItem, type LockedItem } from "./item.store.ts";
import { lockBalance } from "./ledger.store.ts";
import { queueCall } from "./outbox.store.ts";
import { isSettled } from "./payment-state.rules.ts";
import { decide, type Outcome } from "./payment.rules.ts";
import { insertPayment, paymentOfItem } from "./payment.store.ts";
import { type SettleDeps, takeMoney } from "./settle.ts";
import type { ItemKind, Tables } from "./tables.ts";

/** How long a person has to pay on the provider's page. */
export const payWithinMs = 15 * 60_000;

export type PayMeans =
  | { readonly method: "WALLET" }
  /** `token` names a card that the provider keeps; without it the provider's page asks for one. */
  | { readonly method: "CARD"; readonly token: string | null };

export type SettleRequest = {
  readonly personId: string;
  readonly kind: ItemKind;
  readonly itemId: string;
  /** Minor units that the person saw and agreed to. */
  readonly expectedAmount: bigint;
  readonly channel: string;
  readonly means: PayMeans;
};

type Due = { readonly lines: readonly Line[]; readonly amount: bigint };

async function record(
  tx: Transaction<Tables>,
  { personId, channel, means }: SettleRequest,
  item: LockedItem,
  { lines, amount }: Due,
  deps: SettleDeps,
): Promise<string> {
  const { now, newId } = deps;
  const { biller_id: billerId, currency } = item;
  const id = newId("pay");
  const isCard = means.method === "CARD";
  await insertPayment(tx, {
    id,
    person_id: personId,
    item_id: item.id,
    amount,
    currency,
    method: means.method,
    channel,
    created_at: now,
    expires_at: isCard ? new Date(now.getTime() + payWithinMs) : null,
    card_token: isCard ? means.token : null,
  });
  if (isCard) {
    await queueCall(tx, { id: newId("call"), kind: "CREATE", paymentId: id, amount, at: now });
    return id;
  }
  const payment = { id, state: "CREATED", version: 0 } as const;
  const source = { kind: "WALLET", personId } as const;
  const actor = `person:${personId}`;
  const paid = { id: item.id, billerId, currency };
  await takeMoney(tx, { payment, source, item: paid, lines, amount, actor }, deps);
  return id;
}

/** Settles an item or says why not. The caller's transaction must be of its own, and roll back on any error. */
export async function settleItem(
  tx: Transaction<Tables>,
  request: SettleRequest,
  deps: SettleDeps,
): Promise<Outcome> {
  const item = isRecordId(request.itemId) ? await lockItem(tx, request) : undefined;
  if (!item) return { kind: "NOT_PAYABLE", reason: "UNKNOWN" };
  const { status, currency } = item;
  const other = await paymentOfItem(tx, item.id);
  if (other) {
    const kind = isSettled(other.state) ? "ALREADY_PAID" : "PAYMENT_UNDER_WAY";
    return { kind, paymentId: other.id };
  }
  if (status === "PAID") throw new Error(`${item.id} is settled without a payment.`);
  const lines = await dueLines(tx, item, deps.now);
  const { expectedAmount, means, personId } = request;
  const balance = means.method === "WALLET" ? await lockBalance(tx, personId, currency) : null;
  const decision = decide({ status, lines, currency, expectedAmount, balance });
  if (decision.kind !== "PAY") return decision;
  const { amount } = decision;
  const paymentId = await record(tx, request, item, { lines, amount }, deps);
  return { kind: means.method === "WALLET" ? "PAYMENT_MADE" : "PAYMENT_STARTED", paymentId };
}

export type PayRequest = SettleRequest & {
  readonly operation: "payBill" | "payFine" | "payServiceFee" | `payBills/${number}`;
  /** As checked by `checkIdempotencyKey`. */
  readonly idempotencyKey: string;
};

/**
 * As `settleItem`, once per principal, operation and key: a repeat gets the outcome of the first.
 * Refusals are outcomes too, so a new attempt after one takes a new key.
 * @throws GraphQLError IDEMPOTENCY_KEY_REUSED for a key that was used with other input.
 */
export function payOnce(
  db: Kysely<Tables>,
  request: PayRequest,
  deps: SettleDeps,
): Promise<Outcome> {
  const { personId, operation, idempotencyKey: key, itemId, expectedAmount, channel } = request;
  const { means } = request;
  const card = means.method === "CARD" ? { method: "CARD", token: means.token ?? "" } : {};
  const input = { itemId, expectedAmount, channel, ...card };
  const claim = { principalId: personId, operation, key, input };
  return doOnce(db, claim, deps.now, (tx) => settleItem(tx, request, deps));
}
