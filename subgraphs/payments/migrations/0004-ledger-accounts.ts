/**
 * The chart of accounts for cards and billers' systems, and balances that cost the same at any size of
 * the ledger: a checkpoint holds the sum of everything up to an entry, so a balance is one checkpoint
 * and the few entries after it.
 */
import { type Kysely, sql } from "kysely";

const kinds = [
  ["WALLET", "BILLER"],
  [
    "KNOWLEDGE_DIRHAM",
    "INNOVATION_DIRHAM",
    "TOP_UP_CLEARING",
    "CLEARING",
    "PROVIDER",
    "FEES",
    "REFUNDS",
    "SUSPENSE",
    "BANK",
  ],
] as const;
const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");

const statements = [
  `alter table ledger_account drop constraint ledger_account_kind_check`,
  `alter table ledger_account add constraint ledger_account_kind_check
    check (kind in (${list(kinds.flat())}))`,
  `alter table ledger_transaction drop constraint ledger_transaction_kind_check`,
  `alter table ledger_transaction add constraint ledger_transaction_kind_check check (kind in
    ('PAYMENT', 'TOP_UP', 'CAPTURE', 'POSTING', 'REFUND', 'REFUND_PAID', 'REFUND_FAILED', 'SETTLEMENT'))`,
  `create index ledger_transaction_by_time on ledger_transaction (occurred_at, id)`,

  // The order in which entries were written; a checkpoint says up to which of them it counts.
  `alter table ledger_entry add column seq bigint generated always as identity`,
  `create unique index ledger_entry_in_order on ledger_entry (account_id, seq) include (amount)`,
  `drop index ledger_entry_by_account`,
  `create table ledger_checkpoint (
    account_id text not null references ledger_account,
    through_seq bigint not null check (through_seq > 0),
    balance bigint not null,
    taken_at timestamptz(3) not null default now(),
    primary key (account_id, through_seq)
  )`,
  `create trigger ledger_checkpoint_is_append_only before update or delete on ledger_checkpoint
    for each row execute function refuse_change()`,
  `create trigger ledger_checkpoint_is_not_emptied before truncate on ledger_checkpoint
    for each statement execute function refuse_change()`,
  `create function ledger_balance(account text) returns bigint language sql stable
    set search_path from current as $$
    select coalesce(c.balance, 0) + coalesce((
      select sum(e.amount) from ledger_entry e
      where e.account_id = account and e.seq > coalesce(c.through_seq, 0)), 0)::bigint
    from (select 1) as one
    left join lateral (select balance, through_seq from ledger_checkpoint
      where account_id = account order by through_seq desc limit 1) c on true
  $$`,
  // Numbers are given before transactions commit, so a checkpoint waits until nobody is writing:
  // afterwards no entry can appear below it. It adds only what came since the one before.
  `create function take_ledger_checkpoints(minimum_entries bigint) returns bigint language plpgsql
    security definer set search_path from current as $$
  declare
    taken bigint;
  begin
    lock table ledger_entry in share mode;
    insert into ledger_checkpoint (account_id, through_seq, balance)
    select a.id, n.last, coalesce(c.balance, 0) + n.total
    from ledger_account a
    left join lateral (select balance, through_seq from ledger_checkpoint
      where account_id = a.id order by through_seq desc limit 1) c on true
    cross join lateral (
      select max(seq) as last, sum(amount)::bigint as total, count(*) as entries from ledger_entry
      where account_id = a.id and seq > coalesce(c.through_seq, 0)) n
    where a.kind <> 'WALLET' and n.entries >= greatest(minimum_entries, 1);
    get diagnostics taken = row_count;
    return taken;
  end $$`,

  // Wallets are moved by entries alone: the function may, whoever writes the entry may not.
  `alter function move_wallet() security definer`,
  `insert into ledger_account (id, kind, currency)
    select lower(replace(kind, '_', '-')) || ':AED', kind, 'AED'
    from unnest(array['CLEARING', 'PROVIDER', 'FEES', 'REFUNDS', 'SUSPENSE', 'BANK']) as kind`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
