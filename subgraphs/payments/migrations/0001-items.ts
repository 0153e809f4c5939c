/** What can be paid (payable) and what is owed or was bought (item and its four kinds). */
import { type Kysely, sql } from "kysely";

const lineColumns = `
  position smallint not null check (position >= 0),
  kind text not null,
  description_en text not null,
  description_ar text not null,
  amount bigint not null`;

const statements = [
  // What is recorded for good is guarded by this trigger function: corrections are new records.
  `create function refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '% of % is refused: what is recorded stays, correct it by a new record',
      lower(tg_op), tg_table_name using errcode = 'restrict_violation';
  end $$`,
  `create table biller (
    agency_id text primary key,
    receipt_prefix text not null unique check (receipt_prefix ~ '^[A-Z]{2,12}$'),
    last_receipt bigint not null default 0 check (last_receipt >= 0)
  )`,
  `create table payable (
    id text primary key,
    kind text not null check (kind in ('BILL', 'FINE', 'FUEL', 'FEE', 'TOP_UP')),
    biller_id text not null references biller,
    service_id text not null,
    name_en text not null,
    name_ar text not null,
    account_label_en text not null,
    account_label_ar text not null,
    sample boolean not null,
    unique (id, biller_id)
  )`,
  `create index payable_by_service on payable (service_id, id)`,
  `create table item (
    id text primary key,
    kind text not null check (kind in ('BILL', 'FINE', 'FUEL_FILL', 'SERVICE_FEE')),
    person_id text not null,
    payable_id text not null,
    biller_id text not null,
    status text not null check (status in ('OPEN', 'PAID', 'VOID')),
    issued_at timestamptz(3) not null,
    amount bigint not null check (amount > 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    sample boolean not null,
    foreign key (payable_id, biller_id) references payable (id, biller_id)
  )`,
  `create index item_by_person on item (person_id, kind, status, issued_at desc, id desc)`,
  `create index item_by_biller on item (biller_id, kind, issued_at desc, id desc)`,
  `create index item_by_biller_and_status on item (biller_id, kind, status, issued_at desc, id desc)`,
  // OPEN → PAID or VOID, and nothing after that.
  `create trigger item_is_settled_once before update on item for each row
    when (old.status <> 'OPEN') execute function refuse_change()`,
  `create table item_line (
    item_id text not null references item,${lineColumns},
    primary key (item_id, position)
  )`,
  `create table bill (
    item_id text primary key references item,
    account_number text not null,
    due_at timestamptz(3) not null
  )`,
  `create table fine (
    item_id text primary key references item,
    violation_en text not null,
    violation_ar text not null,
    plate text,
    occurred_at timestamptz(3) not null,
    discount_percent smallint check (discount_percent between 1 and 100),
    discount_until timestamptz(3),
    black_points smallint not null check (black_points >= 0),
    check ((discount_percent is null) = (discount_until is null))
  )`,
  `create table fuel_fill (
    item_id text primary key references item,
    station_en text not null,
    station_ar text not null,
    pump smallint not null check (pump > 0),
    grade text not null check (grade in ('SUPER_98', 'SPECIAL_95', 'E_PLUS_91', 'DIESEL')),
    millilitres integer not null check (millilitres > 0),
    price_per_litre bigint not null check (price_per_litre > 0)
  )`,
  `create table service_fee (
    item_id text primary key references item,
    title_en text not null,
    title_ar text not null
  )`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
