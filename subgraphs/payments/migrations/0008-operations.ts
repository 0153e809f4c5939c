/**
 * For operators: figures by day, biller, channel and method, kept by the transaction of the payment itself,
 * so that asking for them never reads payments; and the provider's settlement files, line by line.
 */
import { type Kysely, sql } from "kysely";
import { grantToRole } from "./grants.ts";

/** The day of a transition in the city's time, and the four sums that it adds to. */
const figuresOf = (transition: string): string => `
  select (${transition}.at at time zone 'Asia/Dubai')::date as day, i.biller_id, p.channel, p.method, p.currency,
    case when ${transition}.to_state = 'CAPTURED' then 1 else 0 end as payments,
    case when ${transition}.to_state = 'CAPTURED' then ${transition}.amount else 0 end as captured,
    case when ${transition}.event like 'REFUNDED%' then 1 else 0 end as refunds,
    case when ${transition}.event like 'REFUNDED%' then ${transition}.amount else 0 end as refunded
  from payment p join item i on i.id = p.item_id`;
const counts = (transition: string): string =>
  `(${transition}.to_state = 'CAPTURED' or ${transition}.event like 'REFUNDED%')`;

const statistics = [
  `create table payment_day (
    day date not null,
    biller_id text not null references biller,
    channel text not null,
    method text not null,
    currency text not null,
    payments bigint not null,
    captured bigint not null,
    refunds bigint not null,
    refunded bigint not null,
    primary key (day, biller_id, channel, method, currency)
  )`,
  `insert into payment_day
    select day, biller_id, channel, method, currency, sum(payments), sum(captured), sum(refunds), sum(refunded)
    from payment_transition t cross join lateral (${figuresOf("t")} where p.id = t.payment_id) as f
    where ${counts("t")} group by 1, 2, 3, 4, 5`,
  // Deferred to the commit: payments to one biller then wait for each other as shortly as can be.
  `create function count_transition() returns trigger language plpgsql
    security definer set search_path from current as $$
  begin
    insert into payment_day as d ${figuresOf("new")} where p.id = new.payment_id
    on conflict (day, biller_id, channel, method, currency) do update set
      payments = d.payments + excluded.payments, captured = d.captured + excluded.captured,
      refunds = d.refunds + excluded.refunds, refunded = d.refunded + excluded.refunded;
    return null;
  end $$`,
  `create constraint trigger payment_transition_is_counted after insert on payment_transition
    deferrable initially deferred for each row when ${counts("new")} execute function count_transition()`,
  `create trigger payment_day_is_counted_by_transitions before insert or update or delete on payment_day
    for each row when (pg_trigger_depth() = 0) execute function refuse_change()`,
];

const settlement = [
  `create table settlement_file (
    sha256 text primary key,
    day date not null,
    lines integer not null,
    imported_at timestamptz(3) not null,
    imported_by text not null
  )`,
  `create index settlement_file_by_day on settlement_file (day)`,
  // A line is what it says, and which of several that say the same it is in its file.
  `create table settlement_line (
    id bigint generated always as identity primary key,
    file_sha256 text not null references settlement_file,
    day date not null,
    reference text not null,
    kind text not null check (kind in ('capture', 'refund')),
    refund_reference text not null,
    amount bigint not null,
    fee bigint not null,
    currency text not null,
    at timestamptz(3) not null,
    copy integer not null check (copy > 0),
    verdict text not null default 'MISSING_HERE'
      check (verdict in ('MATCHED', 'MISSING_HERE', 'AMOUNT_DIFFERS', 'DUPLICATE')),
    amount_here bigint,
    transaction_id text references ledger_transaction,
    unique (day, reference, kind, refund_reference, amount, fee, currency, copy),
    check ((kind = 'refund') = (refund_reference <> ''))
  )`,
  `create unique index settlement_line_matches_once on settlement_line (reference, kind, refund_reference)
    where verdict = 'MATCHED'`,
  `create index settlement_line_by_reference on settlement_line (reference, kind, refund_reference)`,
  `create index settlement_line_that_differs on settlement_line (at desc, id desc) where verdict <> 'MATCHED'`,
  `create trigger settlement_file_is_append_only before update or delete on settlement_file
    for each row execute function refuse_change()`,
  `create trigger settlement_line_stays before update on settlement_line for each row
    when ((old.verdict = 'MATCHED' and new.verdict <> 'MATCHED') or old.transaction_id is not null
      or (old.day, old.reference, old.kind, old.refund_reference, old.amount, old.fee, old.currency, old.at, old.copy)
        is distinct from (new.day, new.reference, new.kind, new.refund_reference, new.amount, new.fee, new.currency, new.at, new.copy))
    execute function refuse_change()`,
  `create trigger settlement_line_is_never_deleted before delete on settlement_line
    for each row execute function refuse_change()`,
  `create index payment_by_card_when_paid on payment (paid_at) where method = 'CARD' and captured_amount > 0`,
  `create index payment_event_by_age on payment_event (sent_at) where sent_at is not null`,
  ...grantToRole(["settlement_file", "settlement_line"]),
  `do $$
  begin
    if exists (select from pg_roles where rolname = 'city_graph_payments') then
      grant select on payment_day to city_graph_payments;
    end if;
  end $$`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...statistics, ...settlement]) await sql.raw(statement).execute(db);
}
