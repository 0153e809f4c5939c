/**
 * Writing to the ledger and opening its accounts. The database checks the rest: balance, order,
 * immutability, wallets above zero (migrations/0002-ledger.ts).
 */
import { type Kysely, sql, type Transaction } from "kysely";
import { accountId, type Posting } from "./payment.rules.ts";
import type { LedgerTransactionTable, Tables } from "./tables.ts";

export type LedgerTransaction = {
  readonly id: string;
  readonly kind: LedgerTransactionTable["kind"];
  readonly occurredAt: Date;
  readonly currency: string;
  readonly postings: readonly Posting[];
};

export async function postTransaction(
  tx: Transaction<Tables>,
  { id, kind, occurredAt, currency, postings }: LedgerTransaction,
): Promise<void> {
  await tx.insertInto("ledger_transaction").values({ id, kind, occurred_at: occurredAt }).execute();
  await tx
    .insertInto("ledger_entry")
    .values(
      postings.map((posting, position) => ({
        transaction_id: id,
        position,
        account_id: posting.accountId,
        currency,
        amount: posting.amount,
      })),
    )
    .execute();
}

export async function openBillerAccount(
  tx: Transaction<Tables>,
  billerId: string,
  currency: string,
): Promise<void> {
  const id = accountId("BILLER", currency, billerId);
  await tx
    .insertInto("ledger_account")
    .values({ id, kind: "BILLER", owner_id: billerId, currency })
    .execute();
}

/** An empty wallet with its account. */
export async function openWallet(
  tx: Transaction<Tables>,
  personId: string,
  currency: string,
): Promise<void> {
  const id = accountId("WALLET", currency, personId);
  await tx
    .insertInto("ledger_account")
    .values({ id, kind: "WALLET", owner_id: personId, currency })
    .execute();
  await tx.insertInto("wallet").values({ account_id: id, person_id: personId, currency }).execute();
}

/** Adds money to a wallet from outside of the city's books. @param topUp.amount minor units above zero. */
export async function topUpWallet(
  tx: Transaction<Tables>,
  topUp: {
    readonly id: string;
    readonly personId: string;
    readonly amount: bigint;
    readonly currency: string;
    readonly at: Date;
  },
): Promise<void> {
  const { id, personId, amount, currency, at } = topUp;
  if (amount <= 0n) throw new RangeError(`A top-up must be above zero, not ${amount}.`);
  const postings = [
    { accountId: accountId("TOP_UP_CLEARING", currency), amount: -amount },
    { accountId: accountId("WALLET", currency, personId), amount },
  ];
  await postTransaction(tx, { id, kind: "TOP_UP", occurredAt: at, currency, postings });
}

/** The balance, locked until the transaction ends; zero for whoever has no wallet. */
export async function lockBalance(
  tx: Transaction<Tables>,
  personId: string,
  currency: string,
): Promise<bigint> {
  const wallet = await tx
    .selectFrom("wallet")
    .select("balance")
    .where("person_id", "=", personId)
    .where("currency", "=", currency)
    .forUpdate()
    .executeTakeFirst();
  return wallet?.balance ?? 0n;
}

/** What an account holds now, in minor units: one checkpoint and the entries after it. */
export async function balanceOfAccount(db: Kysely<Tables>, id: string): Promise<bigint> {
  const { rows } = await sql<{ balance: bigint }>`
    select ledger_balance(${id}) as balance`.execute(db);
  return rows[0]?.balance ?? 0n;
}

/** What billers hold now, each one checkpoint and the entries after it. */
export async function balancesOfBillers(
  db: Kysely<Tables>,
  billerIds: readonly string[],
  currency: string,
): Promise<readonly { readonly owner_id: string; readonly balance: bigint }[]> {
  const { rows } = await sql<{ owner_id: string; balance: bigint }>`
    select owner_id, ledger_balance(id) as balance from ledger_account
    where kind = 'BILLER' and currency = ${currency} and owner_id = any(${[...billerIds]})`.execute(
    db,
  );
  return rows;
}

/** What an account held at a past instant: the sum of its entries that had happened by then. */
export async function balanceOfAccountAt(
  db: Kysely<Tables>,
  id: string,
  at: Date,
): Promise<bigint> {
  const { rows } = await sql<{ balance: bigint }>`
    select coalesce(sum(e.amount), 0)::bigint as balance
    from ledger_entry e join ledger_transaction t on t.id = e.transaction_id
    where e.account_id = ${id} and t.occurred_at <= ${at}`.execute(db);
  return rows[0]?.balance ?? 0n;
}

/**
 * Sums up what came since the last checkpoints, for accounts with at least so many new entries.
 * @returns how many were taken. Writers wait for as long as it runs.
 */
export async function takeCheckpoints(db: Kysely<Tables>, minimumEntries: bigint): Promise<bigint> {
  const { rows } = await sql<{ taken: bigint }>`
    select take_ledger_checkpoints(${minimumEntries}::bigint) as taken`.execute(db);
  return rows[0]?.taken ?? 0n;
}

export const walletsOfPersons = (
  db: Kysely<Tables>,
  personIds: readonly string[],
  currency: string,
) =>
  db
    .selectFrom("wallet")
    .select(["person_id", "balance", "currency"])
    .where("person_id", "in", [...personIds])
    .where("currency", "=", currency)
    .execute();
