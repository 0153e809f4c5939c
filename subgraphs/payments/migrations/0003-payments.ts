/** Payments, their receipts, and the keys that make paying safe to repeat. */
import { type Kysely, sql } from "kysely";

const statements = [
  `create table payment (
    id text primary key,
    person_id text not null,
    item_id text not null references item,
    amount bigint not null check (amount > 0),
    currency text not null,
    state text not null check (state in ('CAPTURED')),
    method text not null check (method in ('WALLET')),
    channel text not null check (channel in ('APP', 'WEB', 'KIOSK', 'CALL_CENTRE')),
    paid_at timestamptz(3) not null,
    transaction_id text not null unique references ledger_transaction
  )`,
  // The last line of defence against paying twice.
  `create unique index payment_once_per_item on payment (item_id) where state = 'CAPTURED'`,
  `create index payment_by_person on payment (person_id, paid_at desc, id desc)`,
  `create table receipt (
    payment_id text primary key references payment,
    biller_id text not null references biller,
    number bigint not null check (number > 0),
    issued_at timestamptz(3) not null,
    total bigint not null check (total > 0),
    currency text not null,
    unique (biller_id, number)
  )`,
  `create table receipt_line (
    payment_id text not null references receipt,
    position smallint not null check (position >= 0),
    kind text not null,
    description_en text not null,
    description_ar text not null,
    amount bigint not null,
    primary key (payment_id, position)
  )`,
  ...["payment", "receipt", "receipt_line"].map(
    (table) => `create trigger ${table}_is_append_only before update or delete on ${table}
      for each row execute function refuse_change()`,
  ),
  // Two requests with one key meet at this primary key: the second waits for the first to commit.
  `create table idempotency (
    principal_id text not null,
    operation text not null,
    key text not null,
    request_hash text not null,
    outcome text,
    created_at timestamptz(3) not null,
    primary key (principal_id, operation, key)
  )`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
