/**
 * Giving money back. A refund first moves the money from the beneficiaries to the refunds account and is
 * recorded, which the database allows only within what was captured; then it goes back the way it came:
 * to the wallet at once, to the card when the provider says so. One that fails at the provider gives the
 * money back to where it was taken from. The payment's row is locked by the caller.
 */
import type { Transaction } from "kysely";
import { reopenItem, toLine } from "./item.store.ts";
import { postTransaction } from "./ledger.store.ts";
import { queueCall } from "./outbox.store.ts";
import {
  accountId,
  type Posting,
  reversed,
  sharesOf,
  sourceAccount,
  transfer,
} from "./payment.rules.ts";
import { addTransition, type LockedPayment } from "./payment.store.ts";
import { linesOfReceipts } from "./receipt.store.ts";
import { takeFromShares } from "./refund.rules.ts";
import {
  endRefund,
  entriesOf,
  insertRefund,
  type RefundRow,
  takenByRefunds,
} from "./refund.store.ts";
import type { SettleDeps } from "./settle.ts";
import type { RefundCause, RefundState, Tables, TransactionKind } from "./tables.ts";

export type RefundOrder = {
  readonly amount: bigint;
  readonly cause: RefundCause;
  readonly reason: string;
  readonly requestedBy: string;
};

async function sharesLeft(
  tx: Transaction<Tables>,
  { id, currency }: LockedPayment,
  billerId: string,
): Promise<readonly Posting[]> {
  const lines = (await linesOfReceipts(tx, [id])).map(toLine);
  const taken = await takenByRefunds(tx, id);
  return sharesOf(lines, { billerId, currency }).map(({ accountId: account, amount }) => ({
    accountId: account,
    amount: amount - (taken.get(account) ?? 0n),
  }));
}

async function record(
  tx: Transaction<Tables>,
  payment: LockedPayment,
  kind: TransactionKind,
  postings: readonly Posting[],
  { now, newId }: SettleDeps,
): Promise<string> {
  const id = newId("txn");
  const { currency } = payment;
  await postTransaction(tx, { id, kind, occurredAt: now, currency, postings });
  return id;
}

/** @returns the refund's id. */
export async function orderRefund(
  tx: Transaction<Tables>,
  payment: LockedPayment,
  billerId: string,
  order: RefundOrder,
  deps: SettleDeps,
): Promise<string> {
  const { currency, method } = payment;
  const { amount, cause, reason, requestedBy } = order;
  const from: readonly Posting[] =
    cause === "POSTING_REJECTED"
      ? [{ accountId: accountId("CLEARING", currency), amount }]
      : takeFromShares(await sharesLeft(tx, payment, billerId), amount);
  const postings = reversed(transfer(accountId("REFUNDS", currency), from));
  const refund: RefundRow = {
    id: deps.newId("refund"),
    payment_id: payment.id,
    amount,
    currency,
    state: "PENDING",
    cause,
    reason,
    requested_by: requestedBy,
    created_at: deps.now,
    completed_at: null,
    transaction_id: await record(tx, payment, "REFUND", postings, deps),
  };
  await insertRefund(tx, refund);
  if (method === "WALLET") {
    await completeRefund(tx, payment, refund, "SUCCEEDED", deps);
  } else {
    const call = { id: deps.newId("call"), kind: "REFUND", paymentId: payment.id } as const;
    await queueCall(tx, { ...call, refundId: refund.id, amount, at: deps.now });
  }
  return refund.id;
}

async function failRefund(
  tx: Transaction<Tables>,
  payment: LockedPayment,
  refund: RefundRow,
  deps: SettleDeps,
): Promise<void> {
  const { currency } = payment;
  const refunds = accountId("REFUNDS", currency);
  // Nobody is entitled to money that its biller rejected: a person has to look at it.
  const postings =
    refund.cause === "POSTING_REJECTED"
      ? transfer(refunds, [{ accountId: accountId("SUSPENSE", currency), amount: refund.amount }])
      : reversed(await entriesOf(tx, refund.transaction_id));
  await record(tx, payment, "REFUND_FAILED", postings, deps);
}

/** Ends a pending refund as the provider (or the wallet) says. */
export async function completeRefund(
  tx: Transaction<Tables>,
  payment: LockedPayment,
  refund: RefundRow,
  state: Exclude<RefundState, "PENDING">,
  deps: SettleDeps,
): Promise<void> {
  await endRefund(tx, refund.id, state, deps.now);
  if (state === "FAILED") return failRefund(tx, payment, refund, deps);
  const { currency, person_id: personId, method, captured_amount: captured } = payment;
  const back = sourceAccount({ kind: method, personId }, currency);
  const postings = transfer(accountId("REFUNDS", currency), [
    { accountId: back, amount: refund.amount },
  ]);
  await record(tx, payment, "REFUND_PAID", postings, deps);
  const isFull = payment.refunded_amount + refund.amount === captured;
  await addTransition(tx, {
    paymentId: payment.id,
    from: payment.state,
    version: payment.version,
    event: isFull ? "REFUNDED_IN_FULL" : "REFUNDED_IN_PART",
    actor: refund.requested_by,
    at: deps.now,
    amount: refund.amount,
  });
  if (isFull && payment.item_id) await reopenItem(tx, payment.item_id);
}
