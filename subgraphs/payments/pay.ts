/**
 * Paying one item from the person's wallet: once per idempotency key, whole or not at all.
 * Everything happens in one database transaction at READ COMMITTED. Rows are locked in one order:
 * idempotency key, item, wallet, biller. Facts are read after the locks that protect them, so that
 * concurrent payers of one item settle it exactly once and nobody can wait in a circle.
 */
import type { Kysely, Transaction } from "kysely";
import { isRecordId } from "./access.rules.ts";
import type { Line } from "./charge-line.rules.ts";
import { discountLines } from "./fine.rules.ts";
import { decodeOutcome, encodeOutcome, keyReused, requestHash } from "./idempotency.rules.ts";
import { claimKey, keepOutcome } from "./idempotency.store.ts";
import {
  discountOfItem,
  linesOfItems,
  lockItem,
  type LockedItem,
  markPaid,
  toLine,
} from "./item.store.ts";
import { lockBalance, postTransaction } from "./ledger.store.ts";
import { nextState } from "./payment-state.rules.ts";
import { decide, type Outcome, paymentPostings } from "./payment.rules.ts";
import { insertPayment, paymentIdOfItem } from "./payment.store.ts";
import { issueReceipt } from "./receipt.store.ts";
import type { ItemKind, Tables } from "./tables.ts";

export type SettleRequest = {
  readonly personId: string;
  readonly kind: ItemKind;
  readonly itemId: string;
  /** Minor units that the person saw and agreed to. */
  readonly expectedAmount: bigint;
  readonly channel: string;
};

export type SettleDeps = {
  readonly now: Date;
  /** A new sortable id, `prefix_…`. */
  readonly newId: (prefix: "pay" | "txn") => string;
};

/** What is due for an item at a moment: its own lines, and the discount of a fine. */
async function dueLines(
  tx: Transaction<Tables>,
  item: LockedItem,
  now: Date,
): Promise<readonly Line[]> {
  const own = (await linesOfItems(tx, [item.id])).map(toLine);
  const discount = item.kind === "FINE" ? await discountOfItem(tx, item.id) : null;
  return [...own, ...discountLines(item.amount, discount, now)];
}

async function record(
  tx: Transaction<Tables>,
  request: SettleRequest,
  item: LockedItem,
  due: { readonly lines: readonly Line[]; readonly amount: bigint },
  { now, newId }: SettleDeps,
): Promise<string> {
  const { personId, channel } = request;
  const { id: itemId, biller_id: billerId, currency } = item;
  const [paymentId, transactionId] = [newId("pay"), newId("txn")];
  const postings = paymentPostings(due.lines, { personId, billerId, currency });
  await postTransaction(tx, {
    id: transactionId,
    kind: "PAYMENT",
    occurredAt: now,
    currency,
    postings,
  });
  await insertPayment(tx, {
    id: paymentId,
    person_id: personId,
    item_id: itemId,
    amount: due.amount,
    currency,
    state: nextState("CREATED", "WALLET_DEBITED"),
    method: "WALLET",
    channel,
    paid_at: now,
    transaction_id: transactionId,
  });
  await markPaid(tx, itemId);
  await issueReceipt(tx, { paymentId, billerId, issuedAt: now, currency, lines: due.lines });
  return paymentId;
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
  if (status === "PAID") {
    return { kind: "ALREADY_PAID", paymentId: await paymentIdOfItem(tx, item.id) };
  }
  const lines = await dueLines(tx, item, deps.now);
  const balance = await lockBalance(tx, request.personId, currency);
  const { expectedAmount } = request;
  const decision = decide({ status, lines, currency, expectedAmount, balance });
  if (decision.kind !== "PAY") return decision;
  const { amount } = decision;
  return {
    kind: "PAYMENT_MADE",
    paymentId: await record(tx, request, item, { lines, amount }, deps),
  };
}

export type PayRequest = SettleRequest & {
  readonly operation: "payBill" | "payFine";
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
  const { personId, operation, idempotencyKey, itemId, expectedAmount, channel } = request;
  const claim = {
    principalId: personId,
    operation,
    key: idempotencyKey,
    requestHash: requestHash({ itemId, expectedAmount, channel }),
  };
  return db.transaction().execute(async (tx) => {
    const claimed = await claimKey(tx, claim, deps.now);
    if (!claimed.isNew) {
      if (claimed.requestHash !== claim.requestHash) throw keyReused(idempotencyKey);
      return decodeOutcome(claimed.outcome);
    }
    const outcome = await settleItem(tx, request, deps);
    await keepOutcome(tx, claim, encodeOutcome(outcome));
    return outcome;
  });
}
