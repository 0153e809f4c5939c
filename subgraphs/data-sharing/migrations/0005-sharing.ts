/**
 * Requests, agreements and grants. Each state may only follow those that the rules allow, each step
 * writes its own line of the audit, and those who ask, assess and approve are different people: all of
 * it held by the database.
 */
import { type Kysely, sql } from "kysely";

const steps: readonly (readonly [machine: string, from: string, to: string])[] = [
  ["REQUEST", "", "SUBMITTED"],
  ["REQUEST", "SUBMITTED", "ASSESSED"],
  ["REQUEST", "SUBMITTED", "WITHDRAWN"],
  ["REQUEST", "ASSESSED", "AWAITING_SECOND_REVIEW"],
  ["REQUEST", "ASSESSED", "APPROVED"],
  ["REQUEST", "ASSESSED", "REJECTED"],
  ["REQUEST", "ASSESSED", "WITHDRAWN"],
  ["REQUEST", "AWAITING_SECOND_REVIEW", "APPROVED"],
  ["REQUEST", "AWAITING_SECOND_REVIEW", "REJECTED"],
  ["REQUEST", "AWAITING_SECOND_REVIEW", "WITHDRAWN"],
  ["NEGOTIATION", "", "OFFERED"],
  ["NEGOTIATION", "OFFERED", "ACCEPTED"],
  ["NEGOTIATION", "OFFERED", "TERMINATED"],
  ["NEGOTIATION", "ACCEPTED", "AGREED"],
  ["NEGOTIATION", "ACCEPTED", "TERMINATED"],
  ["NEGOTIATION", "AGREED", "VERIFIED"],
  ["NEGOTIATION", "AGREED", "TERMINATED"],
  ["NEGOTIATION", "VERIFIED", "FINALIZED"],
  ["NEGOTIATION", "VERIFIED", "TERMINATED"],
  ["GRANT", "", "ACTIVE"],
  ["GRANT", "ACTIVE", "SUSPENDED"],
  ["GRANT", "ACTIVE", "REVOKED"],
  ["GRANT", "SUSPENDED", "ACTIVE"],
  ["GRANT", "SUSPENDED", "REVOKED"],
];

const changed = `
  changed_by text not null,
  changed_at timestamptz(3) not null,
  change_reason text not null`;

const appendOnly = (table: string): string =>
  `create trigger ${table}_is_append_only before update or delete or truncate on ${table}
    for each statement execute function refuse_change()`;

const stepping = (table: string, machine: string): readonly string[] => [
  `create trigger ${table}_steps before insert or update on ${table}
    for each row execute function take_step('${machine}')`,
  `create trigger ${table}_stays before delete or truncate on ${table}
    for each statement execute function refuse_change()`,
];

const statements = [
  `create table legal_step (
    machine text collate "C" not null,
    from_state text collate "C" not null,
    to_state text collate "C" not null,
    primary key (machine, from_state, to_state)
  )`,
  `insert into legal_step values ${steps.map((step) => `('${step.join("', '")}')`).join(", ")}`,
  appendOnly("legal_step"),
  `create table sharing_step (
    id bigint generated always as identity primary key,
    machine text collate "C" not null,
    subject_id text collate "C" not null,
    from_state text collate "C" not null,
    to_state text collate "C" not null,
    by_whom text not null,
    at timestamptz(3) not null,
    reason text not null
  )`,
  `create index sharing_step_subject on sharing_step (subject_id, id)`,
  appendOnly("sharing_step"),
  `create function take_step() returns trigger language plpgsql as $$
    declare
      before text := '';
    begin
      if tg_op = 'UPDATE' then
        before := old.state;
        if new.id <> old.id then
          raise exception 'an id never changes' using errcode = 'restrict_violation';
        end if;
        if new.state = before then
          return new;
        end if;
      end if;
      if not exists (select from legal_step
        where machine = tg_argv[0] and from_state = before and to_state = new.state)
      then
        raise exception '% cannot step from "%" to "%"', tg_argv[0], before, new.state
          using errcode = 'restrict_violation';
      end if;
      insert into sharing_step (machine, subject_id, from_state, to_state, by_whom, at, reason)
        values (tg_argv[0], new.id, before, new.state, new.changed_by, new.changed_at, new.change_reason);
      return new;
    end $$`,
  `create table signing_key (
    key_id text collate "C" primary key,
    agency_id text collate "C" not null references participant,
    public_jwk jsonb not null,
    added_by text not null,
    added_at timestamptz(3) not null
  )`,
  appendOnly("signing_key"),
  `create table sharing_request (
    id text collate "C" primary key,
    dataset_id text collate "C" not null references dataset,
    requester_id text collate "C" not null references participant,
    requested_by text not null,
    requested_at timestamptz(3) not null,
    purpose_code text not null check (purpose_code in ('SERVICE_DELIVERY', 'ELIGIBILITY_CHECK',
      'NOTIFICATION', 'EMERGENCY_CARE', 'RESEARCH', 'LAW_ENFORCEMENT')),
    purpose_text text not null,
    legal_basis text not null
      check (legal_basis in ('CONSENT', 'CONTRACT', 'LEGAL_OBLIGATION', 'PUBLIC_TASK')),
    fields jsonb not null check (jsonb_array_length(fields) > 0),
    recipients jsonb not null check (jsonb_array_length(recipients) > 0),
    from_at timestamptz(3) not null,
    until_at timestamptz(3) not null check (until_at > from_at),
    state text collate "C" not null,
    assessment jsonb,
    risk integer,
    needs_second_review boolean,
    assessed_by text,
    approved_by text,
    second_approved_by text,${changed},
    constraint assessed_when_assessed check (
      state in ('SUBMITTED', 'WITHDRAWN') or (assessment is not null and assessed_by is not null
        and risk is not null and needs_second_review is not null)),
    constraint approved_when_approved check (state <> 'APPROVED' or approved_by is not null),
    constraint two_approved_when_needed check (
      state <> 'APPROVED' or not needs_second_review or second_approved_by is not null),
    constraint nobody_assesses_or_approves_twice check (
      requested_by is distinct from assessed_by and requested_by is distinct from approved_by
      and requested_by is distinct from second_approved_by
      and (assessed_by is null or (assessed_by is distinct from approved_by
        and assessed_by is distinct from second_approved_by))
      and (approved_by is null or approved_by is distinct from second_approved_by))
  )`,
  // At most one request for the same waits for an answer.
  `create unique index sharing_request_open on sharing_request (dataset_id, requester_id, purpose_code)
    where state in ('SUBMITTED', 'ASSESSED', 'AWAITING_SECOND_REVIEW')`,
  `create index sharing_request_requester on sharing_request (requester_id, requested_at desc, id desc)`,
  ...stepping("sharing_request", "REQUEST"),
  `create table sharing_agreement (
    id text collate "C" primary key,
    request_id text collate "C" not null references sharing_request,
    version integer not null check (version > 0),
    terms jsonb not null,
    document text not null,
    state text collate "C" not null,
    publisher_jws text unique,
    requester_jws text unique,${changed},
    unique (request_id, version),
    constraint signed_when_agreed check (
      state not in ('AGREED', 'VERIFIED', 'FINALIZED') or publisher_jws is not null),
    constraint signed_by_both_when_verified check (
      state not in ('VERIFIED', 'FINALIZED') or requester_jws is not null)
  )`,
  `create unique index sharing_agreement_open on sharing_agreement (request_id)
    where state in ('OFFERED', 'ACCEPTED', 'AGREED', 'VERIFIED')`,
  ...stepping("sharing_agreement", "NEGOTIATION"),
  `create function keep_document() returns trigger language plpgsql as $$
    begin
      if new.document <> old.document or new.terms <> old.terms or new.version <> old.version
        or new.publisher_jws is distinct from coalesce(old.publisher_jws, new.publisher_jws)
        or new.requester_jws is distinct from coalesce(old.requester_jws, new.requester_jws)
      then
        raise exception 'an agreement is never changed: offer a new version'
          using errcode = 'restrict_violation';
      end if;
      return new;
    end $$`,
  `create trigger sharing_agreement_is_kept before update on sharing_agreement
    for each row execute function keep_document()`,
  `create table access_grant (
    id text collate "C" primary key,
    request_id text collate "C" not null unique references sharing_request,
    agreement_id text collate "C" not null references sharing_agreement,
    agency_id text collate "C" not null references participant,
    dataset_id text collate "C" not null references dataset,
    purpose_code text not null,
    legal_basis text not null,
    fields jsonb not null,
    row_filter jsonb not null,
    rate_per_hour integer not null check (rate_per_hour > 0),
    minimum_persons integer not null check (minimum_persons >= 5),
    budget_milli_epsilon integer not null check (budget_milli_epsilon >= 0),
    spent_milli_epsilon integer not null default 0,
    from_at timestamptz(3) not null,
    until_at timestamptz(3) not null,
    state text collate "C" not null,${changed},
    constraint budget_is_never_exceeded check (
      spent_milli_epsilon between 0 and budget_milli_epsilon)
  )`,
  `create index access_grant_agency on access_grant (agency_id, dataset_id, purpose_code)`,
  ...stepping("access_grant", "GRANT"),
  `create function need_final_agreement() returns trigger language plpgsql as $$
    begin
      if not exists (select from sharing_agreement
        where id = new.agreement_id and request_id = new.request_id and state = 'FINALIZED')
      then
        raise exception 'a grant needs a final agreement' using errcode = 'restrict_violation';
      end if;
      return new;
    end $$`,
  `create trigger access_grant_is_agreed before insert or update of agreement_id on access_grant
    for each row execute function need_final_agreement()`,
];

export const sharing = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
