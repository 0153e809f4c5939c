/** What people consented to and who used their data: written once, never changed, never deleted. */
import { type Kysely, sql } from "kysely";

const purposeColumns = `
  purpose_code text not null check (purpose_code in ('SERVICE_DELIVERY', 'ELIGIBILITY_CHECK',
    'NOTIFICATION', 'EMERGENCY_CARE', 'RESEARCH', 'LAW_ENFORCEMENT')),
  purpose_en text not null,
  purpose_ar text not null,
  fields jsonb not null
    check (jsonb_typeof(fields) = 'array' and jsonb_array_length(fields) > 0)`;

const appendOnly = (table: string): string =>
  `create trigger ${table}_is_append_only before update or delete or truncate on ${table}
    for each statement execute function refuse_change()`;

const statements = [
  `create table consent (
    id text collate "C" primary key,
    person_id text not null,
    dataset_id text collate "C" not null references dataset,
    granted_to text collate "C" not null references participant,${purposeColumns},
    since timestamptz(3) not null,
    until timestamptz(3) not null check (until > since),
    unique (id, person_id)
  )`,
  `create index consent_newest on consent (person_id, since desc, id desc)`,
  `create table consent_withdrawal (
    consent_id text collate "C" primary key references consent,
    at timestamptz(3) not null
  )`,
  // An access can rest only on a consent of the same person.
  `create table data_access (
    id text collate "C" primary key,
    person_id text not null,
    dataset_id text collate "C" not null references dataset,
    agency_id text collate "C" not null references participant,${purposeColumns},
    at timestamptz(3) not null,
    legal_basis text not null
      check (legal_basis in ('CONSENT', 'CONTRACT', 'LEGAL_OBLIGATION', 'PUBLIC_TASK')),
    consent_id text collate "C",
    foreign key (consent_id, person_id) references consent (id, person_id),
    check ((legal_basis = 'CONSENT') = (consent_id is not null))
  )`,
  `create index data_access_newest on data_access (person_id, at desc, id desc)`,
  `create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only: correct it by a new record', tg_table_name
        using errcode = 'restrict_violation';
    end $$`,
  ...["consent", "consent_withdrawal", "data_access"].map(appendOnly),
];

export const consents = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
