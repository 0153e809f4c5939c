/**
 * The life of a request, kept as its transitions: the only way to change where it stands is to add one, and
 * the database takes only those along the edges of request.rules.ts, each numbered and none changed later.
 * Then forms, messages, what was told about fees, and how far the events of payments have been followed.
 */
import { type Kysely, sql } from "kysely";

/** Event, from, to, who. */
const edges = [
  "SUBMIT DRAFT SUBMITTED PERSON",
  "DISCARD DRAFT DISCARDED PERSON",
  "ASSIGN SUBMITTED ASSIGNED AGENCY",
  "ASSIGN ASSIGNED ASSIGNED AGENCY",
  "ASSIGN IN_REVIEW ASSIGNED AGENCY",
  "START_REVIEW ASSIGNED IN_REVIEW AGENCY",
  "REQUEST_INFORMATION IN_REVIEW INFORMATION_REQUESTED AGENCY",
  "ANSWER INFORMATION_REQUESTED IN_REVIEW PERSON",
  "APPROVE IN_REVIEW APPROVED AGENCY",
  "APPROVE_WITH_FEE IN_REVIEW FEE_DUE AGENCY",
  "FEE_PAID FEE_DUE APPROVED PAYMENTS",
  "FEE_PAID FEE_DUE APPROVED AGENCY",
  "COMPLETE APPROVED COMPLETED AGENCY",
  "REJECT IN_REVIEW REJECTED AGENCY",
  "LAPSE FEE_DUE LAPSED AGENCY",
  "WITHDRAW SUBMITTED WITHDRAWN PERSON",
  "WITHDRAW ASSIGNED WITHDRAWN PERSON",
  "WITHDRAW IN_REVIEW WITHDRAWN PERSON",
  "WITHDRAW INFORMATION_REQUESTED WITHDRAWN PERSON",
];
const quoted = (words: string): string =>
  `(${words
    .split(" ")
    .map((word) => `'${word}'`)
    .join(", ")})`;
const statuses = quoted(
  "DRAFT SUBMITTED ASSIGNED IN_REVIEW INFORMATION_REQUESTED FEE_DUE APPROVED COMPLETED REJECTED WITHDRAWN LAPSED DISCARDED",
);
const agencysTurn = quoted("SUBMITTED ASSIGNED IN_REVIEW");
const unsent = quoted("DRAFT DISCARDED");

const appendOnly = (table: string): string => `create trigger ${table}_is_append_only
  before update or delete or truncate on ${table} for each statement execute function refuse_request_change()`;

const request = [
  `create function refuse_request_change() returns trigger language plpgsql as $$
  begin
    raise exception '% of % is refused: requests are moved by their transitions, and what was recorded stays',
      lower(tg_op), tg_table_name using errcode = 'restrict_violation';
  end $$`,
  `alter table service_request drop constraint service_request_status_check`,
  `alter table service_request drop constraint service_request_check1, drop constraint service_request_check2`,
  `alter table service_request
    add column agency_id text collate "C" references agency,
    add column revision integer not null default 1 check (revision > 0),
    add column steps integer not null default 0,
    add column answers jsonb not null default '{}' check (jsonb_typeof(answers) = 'object'),
    add column attachments jsonb not null default '[]' check (jsonb_typeof(attachments) = 'array'),
    add column terms jsonb check (jsonb_typeof(terms) = 'object'),
    add column assigned_to text,
    add column submit_key text,
    add column clock_used_ms bigint not null default 0 check (clock_used_ms >= 0),
    add column clock_since timestamptz(3),
    add column due_at timestamptz(3)`,
  `update service_request r set agency_id = s.agency_id from service s where s.id = r.service_id`,
  `alter table service_request alter column agency_id set not null`,
];

const transitions = [
  `create table request_edge (
    event text, from_status text, to_status text not null, actor text,
    primary key (event, from_status, actor)
  )`,
  `insert into request_edge values ${edges
    .map((edge) => {
      const [event, from, to, actor] = edge.split(" ");
      return quoted(`${event} ${from} ${to} ${actor}`);
    })
    .join(", ")}`,
  `create trigger request_edge_is_fixed before insert or update or delete or truncate on request_edge
    for each statement execute function refuse_request_change()`,
  `create table request_transition (
    request_id text collate "C" not null references service_request,
    seq integer not null,
    event text not null,
    from_status text not null,
    to_status text not null,
    at timestamptz(3) not null,
    actor text not null check (actor in ('PERSON', 'AGENCY', 'PAYMENTS')),
    actor_id text not null check (length(actor_id) between 1 and 128),
    cause jsonb not null default '{}' check (jsonb_typeof(cause) = 'object'),
    answers jsonb,
    attachments jsonb,
    clock_used_ms bigint not null default 0,
    due_at timestamptz(3),
    primary key (request_id, seq),
    check ((event in ('SUBMIT', 'ANSWER')) = (answers is not null)),
    check ((answers is null) = (attachments is null)),
    check (event <> 'REJECT' or jsonb_array_length(cause -> 'reasons') > 0)
  )`,
  // Requests that are older than this table stood somewhere: they get there by the shortest way.
  `insert into request_transition
      (request_id, seq, event, from_status, to_status, at, actor, actor_id, cause, answers, attachments)
    select r.id, way.seq, way.event, way.from_status, way.to_status,
      case when way.seq = 1 then r.submitted_at else r.updated_at end, way.actor,
      case when way.actor = 'PERSON' then r.person_id else 'agency-' || r.agency_id end,
      case when way.event = 'REJECT'
        then '{"reasons": [{"en": "Kept on paper.", "ar": "محفوظ ورقياً."}]}'::jsonb else '{}' end,
      case when way.seq = 1 then '{}'::jsonb end, case when way.seq = 1 then '[]'::jsonb end
    from service_request r join (values
      ('SUBMITTED IN_REVIEW APPROVED REJECTED', 1, 'SUBMIT', 'DRAFT', 'SUBMITTED', 'PERSON'),
      ('IN_REVIEW APPROVED REJECTED', 2, 'ASSIGN', 'SUBMITTED', 'ASSIGNED', 'AGENCY'),
      ('IN_REVIEW APPROVED REJECTED', 3, 'START_REVIEW', 'ASSIGNED', 'IN_REVIEW', 'AGENCY'),
      ('APPROVED', 4, 'APPROVE', 'IN_REVIEW', 'APPROVED', 'AGENCY'),
      ('REJECTED', 4, 'REJECT', 'IN_REVIEW', 'REJECTED', 'AGENCY')
    ) as way (statuses, seq, event, from_status, to_status, actor)
      on r.status = any (string_to_array(way.statuses, ' '))`,
  `update service_request r set
    steps = (select count(*) from request_transition t where t.request_id = r.id),
    revision = 1 + (select count(*) from request_transition t where t.request_id = r.id)`,
  `create function take_request_transition() returns trigger language plpgsql
    set search_path from current as $$
  declare
    r service_request;
  begin
    select * into strict r from service_request where id = new.request_id for update;
    if new.from_status <> r.status or not exists (select from request_edge
        where event = new.event and from_status = r.status and to_status = new.to_status
          and actor = new.actor) then
      raise exception 'request % is %: % by % from % to % is refused', r.id, r.status, new.event,
        new.actor, new.from_status, new.to_status using errcode = 'check_violation';
    end if;
    if new.seq <> r.steps + 1 then
      raise exception 'request % has % transitions: the next is not number %', r.id, r.steps, new.seq
        using errcode = 'check_violation';
    end if;
    if new.at < r.updated_at then
      raise exception 'request % was changed at %: nothing can happen to it at %', r.id, r.updated_at,
        new.at using errcode = 'check_violation';
    end if;
    if new.actor = 'PERSON' and new.actor_id <> r.person_id then
      raise exception 'request % is not of %', r.id, new.actor_id using errcode = 'check_violation';
    end if;
    if new.event = 'FEE_PAID' and not exists (select from request_fee_payment
        where request_id = r.id) then
      raise exception 'nothing tells that the fee of request % is paid', r.id
        using errcode = 'check_violation';
    end if;
    update service_request set status = new.to_status, steps = new.seq, revision = r.revision + 1,
      updated_at = new.at,
      submitted_at = case when new.event = 'SUBMIT' then new.at else r.submitted_at end,
      answers = case when new.event = 'DISCARD' then '{}' else coalesce(new.answers, r.answers) end,
      attachments = case when new.event = 'DISCARD' then '[]' else coalesce(new.attachments, r.attachments) end,
      assigned_to = case when new.event = 'ASSIGN' then new.cause ->> 'assignee' else r.assigned_to end,
      reference = coalesce(r.reference, new.cause ->> 'reference'),
      submit_key = coalesce(r.submit_key, new.cause ->> 'submitKey'),
      terms = coalesce(r.terms, new.cause -> 'terms'),
      clock_used_ms = new.clock_used_ms,
      clock_since = case when new.due_at is null then null
        when new.due_at is not distinct from r.due_at then r.clock_since else new.at end,
      due_at = new.due_at
    where id = r.id;
    return new;
  end $$`,
  `create trigger request_transition_is_legal before insert on request_transition
    for each row execute function take_request_transition()`,
  appendOnly("request_transition"),
];

const guards = [
  `alter table service_request add check (status in ${statuses})`,
  `alter table service_request add check ((status in ${unsent}) = (submitted_at is null))`,
  `alter table service_request add check ((status in ${unsent}) = (reference is null))`,
  // Those without terms were sent before terms were kept: nothing is known of what was promised.
  `alter table service_request
    add check (status not in ${agencysTurn} or due_at is not null or terms is null)`,
  `alter table service_request add check (due_at is null or status in ${agencysTurn})`,
  `alter table service_request add check ((due_at is null) = (clock_since is null))`,
  `create unique index service_request_by_submit_key on service_request (person_id, submit_key)`,
  `create index service_request_queue on service_request (agency_id, submitted_at, id)
    where submitted_at is not null`,
  `create index service_request_due on service_request (agency_id, due_at) where due_at is not null`,
  // A request begins as a draft; what it is stays; where it stands is moved from inside the trigger only.
  `create trigger service_request_starts_as_draft before insert on service_request for each row
    when (new.status <> 'DRAFT' or new.steps <> 0) execute function refuse_request_change()`,
  `create trigger service_request_stays before update on service_request for each row
    when ((old.id, old.person_id, old.service_id, old.agency_id)
      is distinct from (new.id, new.person_id, new.service_id, new.agency_id)
      or (old.terms is not null and old.terms is distinct from new.terms)
      or (old.reference is not null and old.reference is distinct from new.reference))
    execute function refuse_request_change()`,
  `create trigger service_request_is_moved_by_transitions before update on service_request for each row
    when (pg_trigger_depth() = 0 and (
      (old.status, old.steps, old.submitted_at, old.reference, old.terms, old.submit_key, old.assigned_to,
        old.clock_used_ms, old.clock_since, old.due_at)
      is distinct from (new.status, new.steps, new.submitted_at, new.reference, new.terms, new.submit_key,
        new.assigned_to, new.clock_used_ms, new.clock_since, new.due_at)
      or (old.status <> 'DRAFT' and (old.answers, old.attachments, old.revision)
        is distinct from (new.answers, new.attachments, new.revision))
      or new.revision < old.revision))
    execute function refuse_request_change()`,
  `create trigger service_request_is_never_deleted before delete on service_request
    for each row execute function refuse_request_change()`,
];

const beside = [
  `create table request_form (
    service_id text collate "C" not null references service,
    version integer not null check (version > 0),
    schema jsonb not null check (jsonb_typeof(schema) = 'object'),
    sample boolean not null,
    primary key (service_id, version)
  )`,
  appendOnly("request_form"),
  `create table request_message (
    request_id text collate "C" not null references service_request,
    seq integer not null check (seq between 1 and 200),
    at timestamptz(3) not null,
    author text not null check (author in ('PERSON', 'AGENCY')),
    author_id text not null,
    text text not null check (length(text) between 1 and 2000),
    primary key (request_id, seq)
  )`,
  appendOnly("request_message"),
  `create table request_fee_payment (
    request_id text collate "C" primary key references service_request,
    payment_id text,
    amount bigint check (amount > 0),
    currency text,
    told_by text not null check (told_by in ('PAYMENTS', 'AGENCY')),
    paid_at timestamptz(3) not null,
    check ((told_by = 'PAYMENTS') = (payment_id is not null)),
    check ((payment_id is null) = (amount is null) and (amount is null) = (currency is null))
  )`,
  appendOnly("request_fee_payment"),
  `create table payments_position (
    only_one boolean primary key default true check (only_one),
    entry_id text not null
  )`,
];

export const requestLife = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of [...request, ...transitions, ...guards, ...beside]) {
      await sql.raw(statement).execute(db);
    }
  },
};
