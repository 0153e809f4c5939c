/**
 * The double-entry ledger. The database itself refuses an unbalanced transaction, an entry that
 * comes later than its transaction, any change of what is recorded, and a negative wallet.
 */
import { type Kysely, sql } from "kysely";

const appendOnly = (table: string): readonly string[] => [
  `create trigger ${table}_is_append_only before update or delete on ${table}
    for each row execute function refuse_change()`,
  `create trigger ${table}_is_not_emptied before truncate on ${table}
    for each statement execute function refuse_change()`,
];

const statements = [
  `create table ledger_account (
    id text primary key,
    kind text not null check (kind in
      ('WALLET', 'BILLER', 'KNOWLEDGE_DIRHAM', 'INNOVATION_DIRHAM', 'TOP_UP_CLEARING')),
    owner_id text,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    check ((owner_id is not null) = (kind in ('WALLET', 'BILLER'))),
    unique nulls not distinct (kind, owner_id, currency),
    unique (id, currency)
  )`,
  `create table ledger_transaction (
    id text primary key,
    kind text not null check (kind in ('PAYMENT', 'TOP_UP')),
    occurred_at timestamptz(3) not null,
    recorded_in xid8 not null default pg_current_xact_id()
  )`,
  // An amount is positive when the account gains. The currency is the account's, by the foreign key.
  `create table ledger_entry (
    transaction_id text not null references ledger_transaction,
    position smallint not null check (position >= 0),
    account_id text not null,
    currency text not null,
    amount bigint not null check (amount <> 0),
    primary key (transaction_id, position),
    foreign key (account_id, currency) references ledger_account (id, currency)
  )`,
  `create index ledger_entry_by_account on ledger_entry (account_id)`,

  // Checked at commit. Asked by entries as well as by transactions, since \`set constraints\` could
  // make the check of a transaction run before its last entry.
  `create function check_balanced() returns trigger language plpgsql
    set search_path from current as $$
  declare
    checked text := to_jsonb(new) ->> tg_argv[0];
  begin
    if not exists (select from ledger_entry where transaction_id = checked) then
      raise exception 'ledger transaction % has no entries', checked
        using errcode = 'check_violation';
    end if;
    if exists (select from ledger_entry where transaction_id = checked
               group by currency having sum(amount) <> 0) then
      raise exception 'ledger transaction % is not balanced', checked
        using errcode = 'check_violation';
    end if;
    return null;
  end $$`,
  `create constraint trigger ledger_transaction_balances after insert on ledger_transaction
    deferrable initially deferred for each row execute function check_balanced('id')`,
  `create constraint trigger ledger_entry_balances after insert on ledger_entry
    deferrable initially deferred for each row execute function check_balanced('transaction_id')`,

  `create function check_not_late() returns trigger language plpgsql
    set search_path from current as $$
  begin
    if (select recorded_in from ledger_transaction where id = new.transaction_id)
       <> pg_current_xact_id() then
      raise exception 'ledger transaction % is closed: entries come with their transaction',
        new.transaction_id using errcode = 'restrict_violation';
    end if;
    return new;
  end $$`,
  `create trigger ledger_entry_is_not_late before insert on ledger_entry
    for each row execute function check_not_late()`,

  // The balance is kept beside the entries, so that reading it costs the same at any size of the
  // ledger; only entries can move it.
  `create table wallet (
    account_id text primary key,
    person_id text not null,
    currency text not null,
    balance bigint not null default 0 constraint wallet_is_not_negative check (balance >= 0),
    unique (person_id, currency),
    foreign key (account_id, currency) references ledger_account (id, currency)
  )`,
  `create function move_wallet() returns trigger language plpgsql
    set search_path from current as $$
  begin
    update wallet set balance = balance + new.amount where account_id = new.account_id;
    if not found and (select kind from ledger_account where id = new.account_id) = 'WALLET' then
      raise exception 'account % has no wallet', new.account_id using errcode = 'check_violation';
    end if;
    return null;
  end $$`,
  `create trigger ledger_entry_moves_wallet after insert on ledger_entry
    for each row execute function move_wallet()`,
  `create trigger wallet_is_moved_by_entries before update or delete on wallet
    for each row when (pg_trigger_depth() = 0) execute function refuse_change()`,
  `create trigger wallet_starts_empty before insert on wallet
    for each row when (new.balance <> 0) execute function refuse_change()`,

  ...["ledger_account", "ledger_transaction", "ledger_entry"].flatMap(appendOnly),
  `insert into ledger_account (id, kind, currency) values
    ('knowledge-dirham:AED', 'KNOWLEDGE_DIRHAM', 'AED'),
    ('innovation-dirham:AED', 'INNOVATION_DIRHAM', 'AED'),
    ('top-up-clearing:AED', 'TOP_UP_CLEARING', 'AED')`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
