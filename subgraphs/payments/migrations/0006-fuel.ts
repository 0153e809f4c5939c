/**
 * Fuel at the pump: stations, their pumps and prices, and sessions, each of which is a payment that is
 * authorised before the fuel flows and captured when the pump has reported. Then holds of a wallet: the
 * limit leaves the wallet for the holds account, and comes back from it less what was filled.
 */
import { type Kysely, sql } from "kysely";
import { grantToRole } from "./grants.ts";

const holds = [
  `alter table ledger_account drop constraint ledger_account_kind_check`,
  `alter table ledger_account add constraint ledger_account_kind_check check (kind in
    ('WALLET', 'BILLER', 'KNOWLEDGE_DIRHAM', 'INNOVATION_DIRHAM', 'TOP_UP_CLEARING', 'CLEARING',
     'PROVIDER', 'FEES', 'REFUNDS', 'SUSPENSE', 'BANK', 'HOLDS'))`,
  `insert into ledger_account (id, kind, currency) values ('holds:AED', 'HOLDS', 'AED')`,
  `alter table ledger_transaction drop constraint ledger_transaction_kind_check`,
  `alter table ledger_transaction add constraint ledger_transaction_kind_check check (kind in
    ('PAYMENT', 'TOP_UP', 'CAPTURE', 'POSTING', 'REFUND', 'REFUND_PAID', 'REFUND_FAILED', 'SETTLEMENT',
     'HOLD', 'HOLD_RELEASED'))`,
  `insert into payment_edge values
    ('CREATED', 'WALLET_HELD', 'AUTHORISED'),
    ('AUTHORISED', 'HOLD_CAPTURED', 'CAPTURED'),
    ('AUTHORISED', 'HOLD_RELEASED', 'CANCELLED'),
    ('AUTHORISED', 'HOLD_EXPIRED', 'EXPIRED')`,
  // As in 0005, and a hold of a wallet authorises too.
  `create or replace function take_transition() returns trigger language plpgsql
    security definer set search_path from current as $$
  declare
    p payment;
  begin
    select * into strict p from payment where id = new.payment_id for update;
    if new.from_state <> p.state or not exists (select from payment_edge
        where from_state = p.state and event = new.event and to_state = new.to_state) then
      raise exception 'payment % is %: % from % to % is refused', p.id, p.state, new.event,
        new.from_state, new.to_state using errcode = 'check_violation';
    end if;
    if new.seq <> p.version + 1 then
      raise exception 'payment % has % transitions: the next is not number %', p.id, p.version, new.seq
        using errcode = 'check_violation';
    end if;
    update payment set state = new.to_state, version = new.seq,
      authorised_amount = case
        when new.event in ('PROVIDER_AUTHORISED', 'WALLET_HELD', 'WALLET_DEBITED') then new.amount
        else authorised_amount end,
      captured_amount = case when new.to_state = 'CAPTURED' then new.amount else captured_amount end,
      transaction_id = case when new.to_state = 'CAPTURED' then new.transaction_id else transaction_id end,
      paid_at = case when new.to_state = 'CAPTURED' then new.at else paid_at end,
      refunded_amount = refunded_amount + case when new.event like 'REFUNDED%' then new.amount else 0 end
    where id = p.id;
    if new.to_state = 'REFUNDED' and not exists (select from payment
        where id = p.id and refunded_amount = captured_amount) then
      raise exception 'payment % is not refunded in full', p.id using errcode = 'check_violation';
    end if;
    return new;
  end $$`,
];

const fuel = [
  `create table fuel_station (
    id text primary key,
    payable_id text not null,
    biller_id text not null,
    name_en text not null,
    name_ar text not null,
    sample boolean not null,
    foreign key (payable_id, biller_id) references payable (id, biller_id)
  )`,
  `create table fuel_pump (
    station_id text not null references fuel_station,
    number smallint not null check (number > 0),
    grades text[] not null check (cardinality(grades) > 0
      and grades <@ array['SUPER_98', 'SPECIAL_95', 'E_PLUS_91', 'DIESEL']),
    primary key (station_id, number)
  )`,
  `create table fuel_price (
    grade text not null check (grade in ('SUPER_98', 'SPECIAL_95', 'E_PLUS_91', 'DIESEL')),
    valid_from timestamptz(3) not null,
    price_per_litre bigint not null check (price_per_litre > 0),
    currency text not null,
    primary key (grade, valid_from)
  )`,
  `create table fuel_session (
    payment_id text primary key references payment,
    station_id text not null,
    pump smallint not null,
    grade text not null,
    price_per_litre bigint not null check (price_per_litre > 0),
    reported_millilitres integer check (reported_millilitres >= 0),
    reported_at timestamptz(3),
    foreign key (station_id, pump) references fuel_pump (station_id, number),
    check ((reported_millilitres is null) = (reported_at is null))
  )`,
  `create index fuel_session_by_pump on fuel_session (station_id, pump, payment_id desc)`,
  // What the pump said stays, and so does what the session is for.
  `create trigger fuel_session_is_reported_once before update on fuel_session for each row
    when (old.reported_at is not null or (old.payment_id, old.station_id, old.pump, old.grade, old.price_per_litre)
      is distinct from (new.payment_id, new.station_id, new.pump, new.grade, new.price_per_litre))
    execute function refuse_change()`,
  `create trigger fuel_session_is_never_deleted before delete on fuel_session
    for each row execute function refuse_change()`,
  ...grantToRole(["fuel_station", "fuel_pump", "fuel_price", "fuel_session"]),
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...holds, ...fuel]) await sql.raw(statement).execute(db);
}
