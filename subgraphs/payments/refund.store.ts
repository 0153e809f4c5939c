/** Refunds: recording, ending, and reading them; what earlier ones took from each share. */
import { type Insertable, type Kysely, sql, type Transaction } from "kysely";
import type { RefundState, RefundTable, Tables } from "./tables.ts";

export type RefundRow = Awaited<ReturnType<typeof refundsOfPayments>>[number];

export const refundsOfPayments = (db: Kysely<Tables>, paymentIds: readonly string[]) =>
  db
    .selectFrom("refund")
    .selectAll()
    .where("payment_id", "in", [...paymentIds])
    .orderBy("created_at")
    .orderBy("id")
    .execute();

export const refundsByIds = (db: Kysely<Tables>, ids: readonly string[]) =>
  db
    .selectFrom("refund")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

export const pendingRefund = (tx: Transaction<Tables>, paymentId: string, id: string) =>
  tx
    .selectFrom("refund")
    .selectAll()
    .where("id", "=", id)
    .where("payment_id", "=", paymentId)
    .where("state", "=", "PENDING")
    .forUpdate()
    .executeTakeFirst();

export async function insertRefund(
  tx: Transaction<Tables>,
  row: Insertable<RefundTable>,
): Promise<void> {
  await tx.insertInto("refund").values(row).execute();
}

export async function endRefund(
  tx: Transaction<Tables>,
  id: string,
  state: Exclude<RefundState, "PENDING">,
  at: Date,
): Promise<void> {
  await tx.updateTable("refund").set({ state, completed_at: at }).where("id", "=", id).execute();
}

/** Minor units that refunds of the payment hold or gave back. */
export async function refundedSoFar(tx: Transaction<Tables>, paymentId: string): Promise<bigint> {
  const { rows } = await sql<{ total: bigint }>`
    select coalesce(sum(amount), 0)::bigint as total from refund
    where payment_id = ${paymentId} and state <> 'FAILED'`.execute(tx);
  return rows[0]?.total ?? 0n;
}

/** What refunds that did not fail took from each account so far. */
export async function takenByRefunds(
  tx: Transaction<Tables>,
  paymentId: string,
): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await sql<{ account_id: string; taken: bigint }>`
    select e.account_id, -sum(e.amount)::bigint as taken
    from refund r join ledger_entry e on e.transaction_id = r.transaction_id
    where r.payment_id = ${paymentId} and r.state <> 'FAILED' and e.amount < 0
    group by e.account_id`.execute(tx);
  return new Map(rows.map(({ account_id: account, taken }) => [account, taken]));
}

/** The refund's own entries, to be undone when it fails. */
export const entriesOf = (tx: Transaction<Tables>, transactionId: string) =>
  tx
    .selectFrom("ledger_entry")
    .select(["account_id as accountId", "amount"])
    .where("transaction_id", "=", transactionId)
    .orderBy("position")
    .execute();
