/**
 * The life of a payment, kept as its transitions: the only way to change a payment's state is to add a
 * transition, and the database takes only those along the edges of payment-state.rules.ts. The same for
 * postings to billers. Then refunds, calls to the outside world (the outbox), webhooks and events.
 */
import { type Kysely, sql } from "kysely";

const paymentEdges = [
  "CREATED PAGE_OPENED ACTION_REQUIRED",
  "CREATED PROVIDER_AUTHORISED AUTHORISED",
  "CREATED PROVIDER_DECLINED DECLINED",
  "CREATED PROVIDER_CANCELLED CANCELLED",
  "CREATED PROVIDER_EXPIRED EXPIRED",
  "CREATED PROVIDER_TIMED_OUT UNKNOWN",
  "CREATED WALLET_DEBITED CAPTURED",
  "ACTION_REQUIRED PROVIDER_AUTHORISED AUTHORISED",
  "ACTION_REQUIRED PROVIDER_DECLINED DECLINED",
  "ACTION_REQUIRED PROVIDER_CANCELLED CANCELLED",
  "ACTION_REQUIRED PROVIDER_EXPIRED EXPIRED",
  "ACTION_REQUIRED PROVIDER_TIMED_OUT UNKNOWN",
  "AUTHORISED PROVIDER_CAPTURED CAPTURED",
  "AUTHORISED PROVIDER_CANCELLED CANCELLED",
  "AUTHORISED PROVIDER_EXPIRED EXPIRED",
  "AUTHORISED PROVIDER_TIMED_OUT UNKNOWN",
  "UNKNOWN PAGE_OPENED ACTION_REQUIRED",
  "UNKNOWN PROVIDER_AUTHORISED AUTHORISED",
  "UNKNOWN PROVIDER_CAPTURED CAPTURED",
  "UNKNOWN PROVIDER_DECLINED DECLINED",
  "UNKNOWN PROVIDER_CANCELLED CANCELLED",
  "UNKNOWN PROVIDER_EXPIRED EXPIRED",
  "CAPTURED REFUNDED_IN_PART PARTLY_REFUNDED",
  "CAPTURED REFUNDED_IN_FULL REFUNDED",
  "PARTLY_REFUNDED REFUNDED_IN_PART PARTLY_REFUNDED",
  "PARTLY_REFUNDED REFUNDED_IN_FULL REFUNDED",
];
const postingEdges = [
  "PENDING BILLER_POSTED POSTED",
  "PENDING BILLER_REJECTED REJECTED",
  "PENDING BILLER_TIMED_OUT UNKNOWN",
  "UNKNOWN BILLER_POSTED POSTED",
  "UNKNOWN BILLER_REJECTED REJECTED",
];
const rows = (edges: readonly string[]): string =>
  edges
    .map(
      (edge) =>
        `(${edge
          .split(" ")
          .map((name) => `'${name}'`)
          .join(", ")})`,
    )
    .join(", ");
const states = `('CREATED', 'ACTION_REQUIRED', 'AUTHORISED', 'UNKNOWN', 'CAPTURED',
  'PARTLY_REFUNDED', 'REFUNDED', 'DECLINED', 'CANCELLED', 'EXPIRED')`;
const appendOnly = (table: string): string => `create trigger ${table}_is_append_only
  before update or delete on ${table} for each row execute function refuse_change()`;

const payment = [
  `drop trigger payment_is_append_only on payment`,
  `alter table payment drop constraint payment_state_check`,
  `alter table payment drop constraint payment_method_check`,
  `alter table payment
    alter column paid_at drop not null, alter column transaction_id drop not null,
    alter column item_id drop not null, alter column state set default 'CREATED',
    add column created_at timestamptz(3), add column expires_at timestamptz(3),
    add column version integer not null default 0,
    add column authorised_amount bigint not null default 0,
    add column captured_amount bigint not null default 0,
    add column refunded_amount bigint not null default 0,
    add column capture text not null default 'AT_ONCE' check (capture in ('AT_ONCE', 'ON_REPORT')),
    add column card_token text, add column card_brand text, add column card_last4 text,
    add column page_url text, add column failure text,
    add column closing text check (closing in ('CANCELLED', 'EXPIRED', 'AMOUNT_CHANGED')),
    add column provider_version bigint not null default 0`,
  `update payment set created_at = paid_at, version = 1, authorised_amount = amount, captured_amount = amount`,
  `alter table payment alter column created_at set not null`,
  `alter table payment add check (state in ${states})`,
  `alter table payment add check (method in ('WALLET', 'CARD'))`,
  // A card number has 12 to 19 digits: neither a token nor the last four can be one.
  `alter table payment add check (card_last4 ~ '^[0-9]{4}$'), add check (card_token !~ '[0-9]{12}')`,
  `alter table payment add constraint payment_amounts_are_ordered
    check (0 <= refunded_amount and refunded_amount <= captured_amount
      and captured_amount <= authorised_amount and authorised_amount <= amount)`,
  `alter table payment add constraint payment_is_captured_with_money check (
    (state in ('CAPTURED', 'PARTLY_REFUNDED', 'REFUNDED')) = (captured_amount > 0)
    and (captured_amount > 0) = (transaction_id is not null)
    and (captured_amount > 0) = (paid_at is not null))`,
  `alter table payment add constraint payment_is_for_something
    check (item_id is not null or (capture = 'ON_REPORT' and captured_amount = 0))`,
  `drop index payment_once_per_item`,
  `create unique index payment_once_per_item on payment (item_id)
    where state in ('CREATED', 'ACTION_REQUIRED', 'AUTHORISED', 'UNKNOWN', 'CAPTURED', 'PARTLY_REFUNDED')`,
  `drop index payment_by_person`,
  `create index payment_by_person on payment (person_id, created_at desc, id desc)`,
  `create index payment_to_expire on payment (expires_at)
    where state in ('CREATED', 'ACTION_REQUIRED', 'AUTHORISED', 'UNKNOWN') and closing is null`,

  `create table payment_edge (from_state text, event text, to_state text, primary key (from_state, event))`,
  `insert into payment_edge values ${rows(paymentEdges)}`,
  `create table payment_transition (
    payment_id text not null references payment,
    seq integer not null,
    from_state text not null,
    event text not null,
    to_state text not null,
    amount bigint check (amount > 0),
    actor text not null,
    at timestamptz(3) not null,
    transaction_id text references ledger_transaction,
    primary key (payment_id, seq)
  )`,
  `insert into payment_transition
    select id, 1, 'CREATED', 'WALLET_DEBITED', 'CAPTURED', amount, 'person:' || person_id, paid_at, transaction_id
    from payment`,
  `create function take_transition() returns trigger language plpgsql
    set search_path from current as $$
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
      authorised_amount = case new.event
        when 'PROVIDER_AUTHORISED' then new.amount when 'WALLET_DEBITED' then new.amount
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
  `create trigger payment_transition_is_legal before insert on payment_transition
    for each row execute function take_transition()`,
  appendOnly("payment_transition"),
  // What a payment is stays; where it stands is moved by transitions only (from inside the trigger).
  `create trigger payment_stays before update on payment for each row
    when ((old.id, old.person_id, old.amount, old.currency, old.method, old.channel, old.capture, old.created_at)
      is distinct from (new.id, new.person_id, new.amount, new.currency, new.method, new.channel, new.capture, new.created_at)
      or (old.item_id is not null and old.item_id is distinct from new.item_id))
    execute function refuse_change()`,
  `create trigger payment_is_moved_by_transitions before update on payment for each row
    when (pg_trigger_depth() = 0 and
      (old.state, old.version, old.authorised_amount, old.captured_amount, old.refunded_amount, old.transaction_id, old.paid_at)
      is distinct from (new.state, new.version, new.authorised_amount, new.captured_amount, new.refunded_amount, new.transaction_id, new.paid_at))
    execute function refuse_change()`,
  `create trigger payment_is_never_deleted before delete on payment
    for each row execute function refuse_change()`,
  `create trigger payment_starts_created before insert on payment for each row
    when (new.state <> 'CREATED' or new.version <> 0 or new.authorised_amount + new.captured_amount + new.refunded_amount <> 0)
    execute function refuse_change()`,
  // A settled item opens again only when its money went back in full.
  `drop trigger item_is_settled_once on item`,
  `create function check_item_change() returns trigger language plpgsql
    set search_path from current as $$
  begin
    if old.status = 'PAID' and new.status = 'OPEN'
      and to_jsonb(old) - 'status' = to_jsonb(new) - 'status'
      and exists (select from payment where item_id = old.id and state = 'REFUNDED')
      and not exists (select from payment where item_id = old.id
        and state in ('CREATED', 'ACTION_REQUIRED', 'AUTHORISED', 'UNKNOWN', 'CAPTURED', 'PARTLY_REFUNDED'))
    then return new; end if;
    raise exception '% of item is refused: what is settled stays, unless it was refunded in full',
      lower(tg_op) using errcode = 'restrict_violation';
  end $$`,
  `create trigger item_is_settled_once before update on item for each row
    when (old.status <> 'OPEN') execute function check_item_change()`,
];

const posting = [
  `create table posting_edge (from_state text, event text, to_state text, primary key (from_state, event))`,
  `insert into posting_edge values ${rows(postingEdges)}`,
  `create table posting (
    payment_id text primary key references payment,
    biller_id text not null,
    state text not null default 'PENDING' check (state in ('PENDING', 'UNKNOWN', 'POSTED', 'REJECTED')),
    version integer not null default 0,
    transaction_id text references ledger_transaction,
    biller_reference text,
    rejection text,
    created_at timestamptz(3) not null
  )`,
  `create table posting_transition (
    payment_id text not null references posting,
    seq integer not null,
    from_state text not null,
    event text not null,
    to_state text not null,
    at timestamptz(3) not null,
    transaction_id text references ledger_transaction,
    detail text,
    primary key (payment_id, seq)
  )`,
  `create function take_posting_transition() returns trigger language plpgsql
    set search_path from current as $$
  declare
    p posting;
  begin
    select * into strict p from posting where payment_id = new.payment_id for update;
    if new.seq <> p.version + 1 or new.from_state <> p.state or not exists (select from posting_edge
        where from_state = p.state and event = new.event and to_state = new.to_state) then
      raise exception 'the posting of % is %: % from % to % is refused', p.payment_id, p.state,
        new.event, new.from_state, new.to_state using errcode = 'check_violation';
    end if;
    update posting set state = new.to_state, version = new.seq,
      transaction_id = coalesce(new.transaction_id, transaction_id),
      biller_reference = case when new.to_state = 'POSTED' then new.detail else biller_reference end,
      rejection = case when new.to_state = 'REJECTED' then new.detail else rejection end
    where payment_id = p.payment_id;
    return new;
  end $$`,
  `create trigger posting_transition_is_legal before insert on posting_transition
    for each row execute function take_posting_transition()`,
  appendOnly("posting_transition"),
  `create trigger posting_is_moved_by_transitions before update or delete on posting for each row
    when (pg_trigger_depth() = 0) execute function refuse_change()`,
  `create trigger posting_starts_pending before insert on posting for each row
    when (new.state <> 'PENDING' or new.version <> 0) execute function refuse_change()`,
  `insert into posting (payment_id, biller_id, created_at)
    select p.id, i.biller_id, p.paid_at from payment p join item i on i.id = p.item_id`,
  `insert into posting_transition
    select id, 1, 'PENDING', 'BILLER_POSTED', 'POSTED', paid_at, transaction_id, null from payment`,
  `create index posting_by_biller on posting (biller_id, created_at)`,
];

const refunds = [
  `create table refund (
    id text primary key,
    payment_id text not null references payment,
    amount bigint not null check (amount > 0),
    currency text not null,
    state text not null check (state in ('PENDING', 'SUCCEEDED', 'FAILED')),
    cause text not null check (cause in ('OPERATOR', 'POSTING_REJECTED')),
    reason text not null,
    requested_by text not null,
    created_at timestamptz(3) not null,
    completed_at timestamptz(3),
    transaction_id text not null unique references ledger_transaction,
    check ((state = 'PENDING') = (completed_at is null))
  )`,
  `create index refund_by_payment on refund (payment_id, created_at, id)`,
  // The payment's row is locked first, so that concurrent refunds queue and each sees those before it.
  `create function check_refundable() returns trigger language plpgsql
    set search_path from current as $$
  declare
    captured bigint;
  begin
    select captured_amount into strict captured from payment where id = new.payment_id for update;
    if new.amount + (select coalesce(sum(amount), 0) from refund
        where payment_id = new.payment_id and state <> 'FAILED') > captured then
      raise exception 'refunds of payment % would exceed what was captured', new.payment_id
        using errcode = 'check_violation', constraint = 'refunds_stay_within_capture';
    end if;
    return new;
  end $$`,
  `create trigger refund_stays_within_capture before insert on refund
    for each row execute function check_refundable()`,
  `create trigger refund_ends_once before update on refund for each row
    when (old.state <> 'PENDING' or (old.id, old.payment_id, old.amount, old.transaction_id)
      is distinct from (new.id, new.payment_id, new.amount, new.transaction_id))
    execute function refuse_change()`,
  `create trigger refund_is_never_deleted before delete on refund
    for each row execute function refuse_change()`,
];

const outside = [
  // The outbox: what is to be said to a provider or a biller. Written in the transaction that decides
  // it; its id is the idempotency key there, so that saying it twice is harmless.
  `create table outbound_call (
    id text primary key,
    kind text not null check (kind in ('CREATE', 'CAPTURE', 'CANCEL', 'REFUND', 'POST')),
    payment_id text not null references payment,
    refund_id text references refund,
    amount bigint,
    state text not null default 'DUE' check (state in ('DUE', 'DONE')),
    attempts integer not null default 0,
    due_at timestamptz(3) not null,
    last_error text,
    created_at timestamptz(3) not null,
    check ((kind = 'REFUND') = (refund_id is not null))
  )`,
  `create unique index outbound_call_once on outbound_call (payment_id, kind, refund_id) nulls not distinct`,
  `create index outbound_call_due on outbound_call (due_at) where state = 'DUE'`,
  `create table webhook (
    id text primary key,
    received_at timestamptz(3) not null
  )`,
  `create index webhook_by_age on webhook (received_at)`,
  `create index idempotency_by_age on idempotency (created_at)`,
  // Every transition is an event for others; they leave in the order of \`position\`, per payment.
  `create table payment_event (
    position bigint generated always as identity primary key,
    payment_id text not null,
    seq integer not null,
    body jsonb not null,
    at timestamptz(3) not null,
    sent_at timestamptz(3)
  )`,
  `create index payment_event_to_send on payment_event (position) where sent_at is null`,
  `create function tell_transition() returns trigger language plpgsql
    set search_path from current as $$
  begin
    insert into payment_event (payment_id, seq, body, at)
    select p.id, new.seq, jsonb_build_object('paymentId', p.id, 'personId', p.person_id, 'seq', new.seq,
      'event', new.event, 'state', new.to_state, 'itemId', p.item_id, 'amount', p.amount::text,
      'capturedAmount', p.captured_amount::text, 'refundedAmount', p.refunded_amount::text,
      'currency', p.currency, 'at', to_char(new.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), new.at
    from payment p where p.id = new.payment_id;
    return null;
  end $$`,
  `create trigger payment_transition_is_told after insert on payment_transition
    for each row execute function tell_transition()`,
];

// A role for the running service: it adds to the ledger and can neither change it nor disarm its
// triggers. Making roles needs a right that a hosted database may not give; then triggers stand alone.
const role = [
  `alter function take_transition() security definer`,
  `alter function take_posting_transition() security definer`,
  `do $$
  begin
    if (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) then
      begin
        create role city_graph_payments nologin;
      exception when duplicate_object or unique_violation then null;
      end;
      execute format('grant usage on schema %I to city_graph_payments', current_schema());
      execute format('grant select, insert, update, delete on all tables in schema %I
        to city_graph_payments', current_schema());
      execute format('grant usage on all sequences in schema %I to city_graph_payments', current_schema());
      revoke update, delete on ledger_account, ledger_transaction, ledger_entry, ledger_checkpoint,
        receipt, receipt_line, payment_transition, posting_transition, payment_edge, posting_edge
        from city_graph_payments;
    end if;
  end $$`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...payment, ...posting, ...refunds, ...outside, ...role]) {
    await sql.raw(statement).execute(db);
  }
}
