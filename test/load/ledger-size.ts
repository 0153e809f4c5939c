/**
 * Fills the books of payments by SQL: millions of past payments, and payers with bills to pay. The triggers
 * that keep the ledger append-only are switched off for that; never do it but on a scratch database.
 */
import type { Client } from "pg";

/** Of the seed, without systems of their own. */
export const billers = ["dewa", "empower", "etisalat", "salik"] as const;

const payableOf = {
  dewa: "dewa-bill",
  empower: "empower-bill",
  etisalat: "etisalat-bill",
  salik: "salik-top-up",
} as const;
const amount = 100_00;

/** Past payers have so many payments each, one of them ten times as many. */
const paymentsEach = 1_000;

const pastPayments = (from: number, to: number): readonly string[] => {
  const n = `generate_series(${from}, ${to}) as n`;
  const person = `'person-past-' || (n / ${paymentsEach})`;
  const at = `timestamptz '2015-01-01' + n * interval '30 seconds'`;
  const biller = `(array['${billers.join("','")}'])[1 + n % ${billers.length}]`;
  const payable = `(array['${billers.map((one) => payableOf[one]).join("','")}'])[1 + n % ${billers.length}]`;
  return [
    `insert into ledger_transaction (id, kind, occurred_at)
     select 'txn_past_' || n, 'PAYMENT', ${at} from ${n}`,
    `insert into ledger_entry (transaction_id, position, account_id, currency, amount)
     select 'txn_past_' || n, side, case side when 0 then 'wallet:' || ${person} || ':AED'
       else 'biller:' || ${biller} || ':AED' end, 'AED', case side when 0 then -${amount} else ${amount} end
     from ${n} cross join generate_series(0, 1) as side`,
    `insert into item (id, kind, person_id, payable_id, biller_id, status, issued_at, amount, currency, sample)
     select 'bill_past_' || n, 'BILL', ${person}, ${payable}, ${biller}, 'PAID', ${at}, ${amount}, 'AED', true
     from ${n}`,
    `insert into payment (id, person_id, item_id, amount, currency, state, version, authorised_amount,
       captured_amount, method, channel, created_at, paid_at, transaction_id)
     select 'pay_past_' || n, ${person}, 'bill_past_' || n, ${amount}, 'AED', 'CAPTURED', 1, ${amount},
       ${amount}, 'WALLET', 'APP', ${at}, ${at}, 'txn_past_' || n from ${n}`,
    `insert into receipt (payment_id, biller_id, number, issued_at, total, currency)
     select 'pay_past_' || n, ${biller}, 1000000 + n, ${at}, ${amount}, 'AED' from ${n}`,
  ];
};

const chunk = 250_000;

/** Adds past payments with two ledger entries each, and their wallets' accounts. */
export async function addPast(
  client: Client,
  payments: number,
  say: (line: string) => void,
): Promise<void> {
  await client.query("set session_replication_role = replica");
  await client.query(
    `insert into ledger_account (id, kind, owner_id, currency)
     select 'wallet:person-past-' || n || ':AED', 'WALLET', 'person-past-' || n, 'AED'
     from generate_series(0, ${Math.ceil(payments / paymentsEach)}) as n`,
  );
  for (let from = 1; from <= payments; from += chunk) {
    const to = Math.min(from + chunk - 1, payments);
    for (const statement of pastPayments(from, to)) await client.query(statement);
    say(`  ${to} past payments`);
  }
  await client.query("set session_replication_role = origin");
  await client.query("vacuum analyze");
  await client.query("select take_ledger_checkpoints(1)");
}

/** The busiest of the past payers: its list must be as fast as anybody's. */
export const pastPayer = "person-past-7";

/** Payers with a full wallet and bills to pay: `bill_<round>_<payer>_<number>`. */
export async function addPayers(
  client: Client,
  round: string,
  { payers, bills, biller }: { payers: number; bills: number; biller: string | undefined },
): Promise<void> {
  const one = `generate_series(0, ${payers - 1}) as p`;
  const person = `'person-${round}-' || p`;
  const of = biller
    ? [`'${biller}'`, `'${payableOf[biller as keyof typeof payableOf]}'`]
    : [
        `(array['${billers.join("','")}'])[1 + p % ${billers.length}]`,
        `(array['${billers.map((each) => payableOf[each]).join("','")}'])[1 + p % ${billers.length}]`,
      ];
  const each = `${one} cross join generate_series(0, ${bills - 1}) as b`;
  const id = `'bill_${round}_' || p || '_' || b`;
  await client.query("begin");
  for (const statement of [
    `insert into ledger_account (id, kind, owner_id, currency)
     select 'wallet:' || ${person} || ':AED', 'WALLET', ${person}, 'AED' from ${one}`,
    `insert into wallet (account_id, person_id, currency)
     select 'wallet:' || ${person} || ':AED', ${person}, 'AED' from ${one}`,
    `insert into ledger_transaction (id, kind, occurred_at)
     select 'txn_${round}_' || p, 'TOP_UP', now() from ${one}`,
    `insert into ledger_entry (transaction_id, position, account_id, currency, amount)
     select 'txn_${round}_' || p, side, case side when 0 then 'top-up-clearing:AED'
       else 'wallet:' || ${person} || ':AED' end, 'AED', ${bills * amount} * (2 * side - 1)
     from ${one} cross join generate_series(0, 1) as side`,
    `insert into item (id, kind, person_id, payable_id, biller_id, status, issued_at, amount, currency, sample)
     select ${id}, 'BILL', ${person}, ${of[1]}, ${of[0]}, 'OPEN', now(), ${amount}, 'AED', true from ${each}`,
    `insert into item_line select ${id}, 0, 'CHARGE', 'Water', 'مياه', ${amount} from ${each}`,
    `insert into bill (item_id, account_number, due_at) select ${id}, '•••• 0001', now() from ${each}`,
  ]) {
    await client.query(statement);
  }
  await client.query("commit");
}

export const billAmount = amount;
