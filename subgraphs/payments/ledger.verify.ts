/**
 * Proves that the books are right, in one snapshot: returns a line for everything that is wrong, and
 * none when all is well. Reads the whole ledger, so it is for tests, nightly jobs and operators.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import type { Tables } from "./tables.ts";

/** Each finds the ids of what breaks the sentence that names it. */
const checks: Readonly<Record<string, string>> = {
  "every ledger transaction balances per currency": `
    select transaction_id as id from ledger_entry group by transaction_id, currency having sum(amount) <> 0`,
  "every ledger transaction has entries": `
    select id from ledger_transaction t
    where not exists (select from ledger_entry where transaction_id = t.id)`,
  "every wallet balance equals the sum of its entries": `
    select account_id as id from wallet w
    where balance <> (select coalesce(sum(amount), 0) from ledger_entry e where e.account_id = w.account_id)`,
  "no wallet is negative": `select account_id as id from wallet where balance < 0`,
  "every wallet account has a wallet": `
    select id from ledger_account a where kind = 'WALLET'
    and not exists (select from wallet where account_id = a.id)`,
  "every item's amount equals its lines": `
    select id from item i
    where amount <> (select coalesce(sum(amount), 0) from item_line where item_id = i.id)`,
  "every paid item has exactly one captured payment, and no other item has any": `
    select id from item i
    where (select count(*) from payment where item_id = i.id and state = 'CAPTURED')
      <> case status when 'PAID' then 1 else 0 end`,
  "every payment is by the person whose item it settles, in its currency": `
    select p.id from payment p join item i on i.id = p.item_id
    where p.person_id <> i.person_id or p.currency <> i.currency`,
  "every payment took its amount from its payer's wallet, once": `
    select p.id from payment p
    where -p.amount is distinct from (
      select sum(e.amount) from ledger_entry e join wallet w on w.account_id = e.account_id
      where e.transaction_id = p.transaction_id and w.person_id = p.person_id)`,
  "every payment transaction in the ledger belongs to a payment": `
    select id from ledger_transaction t where kind = 'PAYMENT'
    and not exists (select from payment where transaction_id = t.id)`,
  "every payment has a receipt over its amount, from its biller": `
    select p.id from payment p join item i on i.id = p.item_id
    left join receipt r on r.payment_id = p.id
    where (r.total, r.currency, r.biller_id) is distinct from (p.amount, p.currency, i.biller_id)`,
  "every receipt's total equals its lines": `
    select payment_id as id from receipt r
    where total <> (select coalesce(sum(amount), 0) from receipt_line l where l.payment_id = r.payment_id)`,
  "every biller's receipts are numbered from 1 without a gap": `
    select agency_id as id from biller b
    where last_receipt <> (select count(*) from receipt where biller_id = b.agency_id)
    or last_receipt <> (select coalesce(max(number), 0) from receipt where biller_id = b.agency_id)`,
  "every kept idempotency key has its outcome": `
    select key as id from idempotency where outcome is null`,
};

export type LedgerProblem = { readonly broken: string; readonly ids: readonly string[] };

/** As `verifyLedger`, in a transaction that is open already. */
export async function findProblems(tx: Transaction<Tables>): Promise<readonly LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  for (const [broken, query] of Object.entries(checks)) {
    const { rows } = await sql.raw<{ id: string }>(query).execute(tx);
    if (rows.length > 0) problems.push({ broken, ids: rows.map(({ id }) => id) });
  }
  return problems;
}

export const verifyLedger = (db: Kysely<Tables>): Promise<readonly LedgerProblem[]> =>
  db.transaction().setIsolationLevel("repeatable read").execute(findProblems);
