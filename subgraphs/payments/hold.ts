/**
 * Holding money of a wallet before it is known how much will be taken, as an authorised card does. What is
 * held has left the wallet for the holds account; it is captured in part (settle.ts) or given back here.
 * All in the caller's transaction, with the payment's row locked.
 */
import type { Transaction } from "kysely";
import { postTransaction } from "./ledger.store.ts";
import { accountId, transfer } from "./payment.rules.ts";
import { addTransition, type LockedPayment } from "./payment.store.ts";
import type { SettleDeps } from "./settle.ts";
import type { Tables, TransactionKind } from "./tables.ts";

type Held = Pick<
  LockedPayment,
  "id" | "person_id" | "currency" | "state" | "version" | "authorised_amount"
>;

async function move(
  tx: Transaction<Tables>,
  kind: TransactionKind,
  [from, to]: readonly [string, string],
  { amount, currency }: { readonly amount: bigint; readonly currency: string },
  { now, newId }: SettleDeps,
): Promise<string> {
  const id = newId("txn");
  const postings = transfer(from, [{ accountId: to, amount }]);
  await postTransaction(tx, { id, kind, occurredAt: now, currency, postings });
  return id;
}

const accountsOf = ({ person_id: personId, currency }: Held) =>
  [accountId("WALLET", currency, personId), accountId("HOLDS", currency)] as const;

/** The wallet is locked and holds that much, or the database refuses. */
export async function holdWallet(
  tx: Transaction<Tables>,
  payment: Held,
  amount: bigint,
  deps: SettleDeps,
): Promise<void> {
  const { id: paymentId, state: from, version, person_id: personId, currency } = payment;
  const [wallet, holds] = accountsOf(payment);
  const transactionId = await move(tx, "HOLD", [wallet, holds], { amount, currency }, deps);
  await addTransition(tx, {
    paymentId,
    from,
    version,
    event: "WALLET_HELD",
    actor: `person:${personId}`,
    at: deps.now,
    amount,
    transactionId,
  });
}

export async function releaseHold(
  tx: Transaction<Tables>,
  payment: Held,
  event: "HOLD_RELEASED" | "HOLD_EXPIRED",
  deps: SettleDeps,
): Promise<void> {
  const { id: paymentId, state: from, version, person_id: personId, currency } = payment;
  const [wallet, holds] = accountsOf(payment);
  const money = { amount: payment.authorised_amount, currency };
  const transactionId = await move(tx, "HOLD_RELEASED", [holds, wallet], money, deps);
  const actor = event === "HOLD_EXPIRED" ? "clock" : `person:${personId}`;
  await addTransition(tx, { paymentId, from, version, event, actor, at: deps.now, transactionId });
}
