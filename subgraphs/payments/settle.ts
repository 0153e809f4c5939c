/**
 * The moment when money is taken: the ledger's entries, the payment's transition, the settled item, the
 * biller's receipt, and what the biller is told. One database transaction, the caller's; the payment's
 * row is locked before. A biller without a system of its own is told by its account in the ledger; one
 * with a system gets its money when that system has accepted the posting, and it waits in clearing until then.
 */
import type { Transaction } from "kysely";
import type { Line } from "./charge-line.rules.ts";
import { markPaid } from "./item.store.ts";
import { postTransaction } from "./ledger.store.ts";
import { queueCall } from "./outbox.store.ts";
import {
  accountId,
  type Posting,
  restOf,
  sharesOf,
  type Source,
  sourceAccount,
  transfer,
} from "./payment.rules.ts";
import type { PaymentState } from "./payment-state.rules.ts";
import { addTransition } from "./payment.store.ts";
import { addPostingTransition, insertPosting } from "./posting.store.ts";
import { issueReceipt } from "./receipt.store.ts";
import type { Tables } from "./tables.ts";

export type IdPrefix = "pay" | "txn" | "call" | "refund" | "fill" | "bill";

export type SettleDeps = {
  readonly now: Date;
  /** A new sortable id, `prefix_…`. */
  readonly newId: (prefix: IdPrefix) => string;
  /** Whether the biller's own system has to accept each payment. */
  readonly hasSystem: (billerId: string) => boolean;
};

export type Capture = {
  readonly payment: { readonly id: string; readonly state: PaymentState; readonly version: number };
  readonly source: Source;
  readonly item: { readonly id: string; readonly billerId: string; readonly currency: string };
  /** What was due, discount included: they go on the receipt. */
  readonly lines: readonly Line[];
  /** Minor units: the sum of the lines. */
  readonly amount: bigint;
  readonly actor: string;
};

const captureEvents = {
  WALLET: "WALLET_DEBITED",
  HOLD: "HOLD_CAPTURED",
  CARD: "PROVIDER_CAPTURED",
} as const;

async function tellBiller(
  tx: Transaction<Tables>,
  { payment, item }: Capture,
  transactionId: string,
  deps: SettleDeps,
): Promise<void> {
  const posting = { paymentId: payment.id, billerId: item.billerId, at: deps.now };
  await insertPosting(tx, posting);
  if (deps.hasSystem(item.billerId)) {
    const call = { id: deps.newId("call"), kind: "POST", paymentId: payment.id } as const;
    return queueCall(tx, { ...call, at: deps.now });
  }
  await addPostingTransition(tx, {
    paymentId: payment.id,
    from: "PENDING",
    version: 0,
    event: "BILLER_POSTED",
    at: deps.now,
    transactionId,
  });
}

export async function takeMoney(
  tx: Transaction<Tables>,
  capture: Capture,
  deps: SettleDeps,
): Promise<void> {
  const { payment, source, item, lines, amount, actor } = capture;
  const { billerId, currency } = item;
  const { now } = deps;
  const isHeld = deps.hasSystem(billerId);
  const shares: readonly Posting[] = isHeld
    ? [{ accountId: accountId("CLEARING", currency), amount }]
    : sharesOf(lines, { billerId, currency });
  const transactionId = deps.newId("txn");
  await postTransaction(tx, {
    id: transactionId,
    kind: isHeld ? "CAPTURE" : "PAYMENT",
    occurredAt: now,
    currency,
    postings: transfer(sourceAccount(source, currency), [
      ...shares,
      ...restOf(source, amount, currency),
    ]),
  });
  await addTransition(tx, {
    paymentId: payment.id,
    from: payment.state,
    version: payment.version,
    event: captureEvents[source.kind],
    actor,
    at: now,
    amount,
    transactionId,
  });
  await tellBiller(tx, capture, transactionId, deps);
  await markPaid(tx, item.id);
  await issueReceipt(tx, { paymentId: payment.id, billerId, issuedAt: now, currency, lines });
}
