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
    where (select count(*) from payment where item_id = i.id and state in ('CAPTURED', 'PARTLY_REFUNDED'))
      <> case status when 'PAID' then 1 else 0 end`,
  "every payment is by the person whose item it settles, in its currency": `
    select p.id from payment p join item i on i.id = p.item_id
    where p.person_id <> i.person_id or p.currency <> i.currency`,
  "every payment took what it captured, or holds, from its payer's wallet or the provider, once": `
    select p.id from payment p
    where (case when p.state = 'AUTHORISED' and p.method = 'WALLET' then p.authorised_amount
        else p.captured_amount end) <> coalesce((
      select -sum(e.amount) from payment_transition t
      join ledger_entry e on e.transaction_id = t.transaction_id join ledger_account a on a.id = e.account_id
      where t.payment_id = p.id and case p.method
        when 'WALLET' then a.kind = 'WALLET' and a.owner_id = p.person_id else a.kind = 'PROVIDER' end), 0)`,
  "the holds account holds exactly what wallets are authorised for": `
    select a.id from ledger_account a where a.kind = 'HOLDS' and
      (select coalesce(sum(amount), 0) from ledger_entry where account_id = a.id)
      <> (select coalesce(sum(authorised_amount), 0) from payment
          where method = 'WALLET' and state = 'AUTHORISED' and currency = a.currency)`,
  "every fill that was reported is captured for exactly what the pump measured, or is on its way": `
    select s.payment_id as id from fuel_session s join payment p on p.id = s.payment_id
    left join fuel_fill f on f.item_id = p.item_id
    where (p.captured_amount > 0 or p.item_id is not null)
      and f.millilitres is distinct from s.reported_millilitres
    or p.captured_amount > 0 and p.captured_amount <> (select amount from item where id = p.item_id)`,
  "every captured payment has exactly one capture among its transitions, and no other payment has one": `
    select id from payment p
    where (select count(*) from payment_transition where payment_id = p.id and to_state = 'CAPTURED')
      <> case when captured_amount > 0 then 1 else 0 end`,
  "every payment transaction in the ledger belongs to a payment": `
    select id from ledger_transaction t where kind in ('PAYMENT', 'CAPTURE')
    and not exists (select from payment where transaction_id = t.id)`,
  "every payment is where its transitions lead, which are numbered without a gap": `
    select p.id from payment p
    where p.version <> (select count(*) from payment_transition where payment_id = p.id)
    or p.state <> coalesce(
      (select to_state from payment_transition where payment_id = p.id order by seq desc limit 1), 'CREATED')
    or p.version <> (select coalesce(max(seq), 0) from payment_transition where payment_id = p.id)`,
  "every posting is where its transitions lead": `
    select payment_id as id from posting p
    where p.version <> (select count(*) from posting_transition where payment_id = p.payment_id)
    or p.state <> coalesce((select to_state from posting_transition
      where payment_id = p.payment_id order by seq desc limit 1), 'PENDING')`,
  "no more is refunded than captured, captured than authorised, authorised than agreed to": `
    select id from payment where not
      (0 <= refunded_amount and refunded_amount <= captured_amount
        and captured_amount <= authorised_amount and authorised_amount <= amount)`,
  "every payment's refunded amount is the sum of its refunds that succeeded": `
    select id from payment p where refunded_amount <>
      (select coalesce(sum(amount), 0) from refund where payment_id = p.id and state = 'SUCCEEDED')`,
  "every captured payment has one posting, and a posted one was not refunded as rejected": `
    select id from payment p left join posting o on o.payment_id = p.id
    where (captured_amount > 0) <> (o.payment_id is not null)
    or (o.state = 'REJECTED') is distinct from (select count(*) > 0 from refund
      where payment_id = p.id and cause = 'POSTING_REJECTED') and o.payment_id is not null`,
  "clearing holds exactly what was captured and not yet posted or rejected": `
    select a.id from ledger_account a where a.kind = 'CLEARING' and
      (select coalesce(sum(amount), 0) from ledger_entry where account_id = a.id)
      <> (select coalesce(sum(p.captured_amount), 0) from posting o join payment p on p.id = o.payment_id
          where o.state in ('PENDING', 'UNKNOWN') and p.currency = a.currency)`,
  "the refunds account holds exactly the refunds under way": `
    select a.id from ledger_account a where a.kind = 'REFUNDS' and
      (select coalesce(sum(amount), 0) from ledger_entry where account_id = a.id)
      <> (select coalesce(sum(amount), 0) from refund where state = 'PENDING' and currency = a.currency)`,
  "every account's balance equals the sum of its entries": `
    select id from ledger_account a
    where ledger_balance(id) <> (select coalesce(sum(amount), 0) from ledger_entry where account_id = a.id)`,
  "all accounts of a currency sum to zero": `
    select currency as id from ledger_entry group by currency having sum(amount) <> 0`,
  "every captured payment has a receipt over its amount, from its biller, and no other has any": `
    select p.id from payment p left join item i on i.id = p.item_id
    left join receipt r on r.payment_id = p.id
    where case when p.captured_amount > 0
      then (r.total, r.currency, r.biller_id) is distinct from (p.captured_amount, p.currency, i.biller_id)
      else r.payment_id is not null end`,
  "no text that is kept holds a card number": `
    select id from payment where concat_ws(' ', card_token, failure, page_url) ~ '[0-9]{13}'
    union all select id from outbound_call where last_error ~ '[0-9]{13}'
    union all select id from refund where reason ~ '[0-9]{13}'
    union all select key from idempotency where key ~ '[0-9]{13}' or outcome ~ '[0-9]{13}'`,
  "nothing is authorised or under way an hour past its time": `
    select id from payment where state in ('CREATED', 'ACTION_REQUIRED', 'AUTHORISED', 'UNKNOWN')
    and expires_at < now() - interval '1 hour'`,
  "no posting to a biller waits for longer than a day": `
    select payment_id as id from posting where state in ('PENDING', 'UNKNOWN')
    and created_at < now() - interval '1 day'`,
  "the provider owes exactly what it captured, less what it refunded and settled": `
    select a.id from ledger_account a where a.kind = 'PROVIDER' and
      (select coalesce(sum(amount), 0) from ledger_entry where account_id = a.id)
      <> (select coalesce(sum(refunded_amount - captured_amount), 0) from payment
          where method = 'CARD' and currency = a.currency)
        + (select coalesce(sum(amount), 0) from settlement_line
          where transaction_id is not null and currency = a.currency)`,
  "the bank got exactly what was settled, less the provider's fees": `
    select a.id from ledger_account a where a.kind = 'BANK' and
      (select coalesce(sum(amount), 0) from ledger_entry where account_id = a.id)
      <> (select coalesce(sum(fee - amount), 0) from settlement_line
          where transaction_id is not null and currency = a.currency)`,
  "every settled line is a capture or refund of ours over the same amount": `
    select l.id::text from settlement_line l where l.verdict = 'MATCHED' and l.amount is distinct from
      case l.kind when 'capture' then (select captured_amount from payment where id = l.reference)
        else (select -amount from refund where id = l.refund_reference and state = 'SUCCEEDED') end`,
  "the sums by day, biller, channel and method equal the payments and refunds": `
    select coalesce(d.day, s.day) || ' ' || coalesce(d.biller_id, s.biller_id) as id
    from payment_day d full join (
      select (t.at at time zone 'Asia/Dubai')::date as day, i.biller_id, p.channel, p.method, p.currency,
        count(*) filter (where t.to_state = 'CAPTURED') as payments,
        coalesce(sum(t.amount) filter (where t.to_state = 'CAPTURED'), 0) as captured,
        count(*) filter (where t.event like 'REFUNDED%') as refunds,
        coalesce(sum(t.amount) filter (where t.event like 'REFUNDED%'), 0) as refunded
      from payment_transition t join payment p on p.id = t.payment_id join item i on i.id = p.item_id
      where t.to_state = 'CAPTURED' or t.event like 'REFUNDED%' group by 1, 2, 3, 4, 5
    ) s using (day, biller_id, channel, method, currency)
    where (d.payments, d.captured, d.refunds, d.refunded)
      is distinct from (s.payments, s.captured, s.refunds, s.refunded)`,
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

/** What is proved, in the order in which it is. */
export const proofs: readonly string[] = Object.keys(checks);

export type LedgerProblem = { readonly broken: string; readonly ids: readonly string[] };

/** As `verifyLedger`, in a transaction that is open already. */
export async function findProblems(tx: Transaction<Tables>): Promise<readonly LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  // Reading a whole ledger takes longer than any request may.
  await sql`set local statement_timeout = 0`.execute(tx);
  for (const [broken, query] of Object.entries(checks)) {
    const { rows } = await sql.raw<{ id: string }>(query).execute(tx);
    if (rows.length > 0) problems.push({ broken, ids: rows.map(({ id }) => id) });
  }
  return problems;
}

export const verifyLedger = (db: Kysely<Tables>): Promise<readonly LedgerProblem[]> =>
  db.transaction().setIsolationLevel("repeatable read").execute(findProblems);
