/** Agencies, categories and services, with what a service has several of. Ids sort by bytes on every server. */
import { type Kysely, sql } from "kysely";

const partOfService = `
  service_id text collate "C" not null references service on delete cascade,
  position smallint not null check (position >= 0)`;

const statements = [
  `create table category (
    id text collate "C" primary key,
    position smallint not null unique,
    name_en text not null,
    name_ar text not null
  )`,
  `create table agency (
    id text collate "C" primary key,
    kind text not null
      check (kind in ('GOVERNMENT', 'SEMI_GOVERNMENT', 'FEDERAL', 'PRIVATE', 'CHARITY')),
    name_en text not null,
    name_ar text not null,
    website text,
    phone text,
    evidence text not null check (evidence in ('EVIDENCED', 'BRIEF', 'SAMPLE')),
    search_text text not null
  )`,
  `create table service (
    id text collate "C" primary key,
    agency_id text collate "C" not null references agency,
    category_id text collate "C" not null references category,
    name_en text not null,
    name_ar text not null,
    summary_en text not null,
    summary_ar text not null,
    description_en text not null,
    description_ar text not null,
    audiences text[] not null check (
      cardinality(audiences) > 0 and audiences <@
        array['CITIZEN', 'RESIDENT', 'VISITOR', 'BUSINESS', 'PEOPLE_OF_DETERMINATION']
    ),
    processing_duration text not null
      check (processing_duration ~ '^P(?=.)([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?)?$'),
    processing_business_days boolean not null,
    payable boolean not null,
    status text not null check (status in ('ACTIVE', 'SUSPENDED', 'RETIRED')),
    keywords text[] not null,
    evidence text not null check (evidence in ('EVIDENCED', 'BRIEF', 'SAMPLE')),
    last_reviewed_at timestamptz(3) not null,
    search_text text not null
  )`,
  `create index service_by_agency on service (agency_id, id)`,
  `create index service_by_category on service (category_id, id)`,
  `create table service_channel (${partOfService},
    kind text not null check (kind in ('APP', 'WEB', 'PHONE', 'COUNTER', 'KIOSK')),
    url text,
    phone text,
    hours_en text,
    hours_ar text,
    primary key (service_id, position),
    check ((hours_en is null) = (hours_ar is null)),
    check (kind <> 'WEB' or url is not null),
    check (kind <> 'PHONE' or phone is not null)
  )`,
  `create table fee (${partOfService},
    kind text not null check (kind in ('FEE', 'KNOWLEDGE_DIRHAM', 'INNOVATION_DIRHAM', 'DEPOSIT')),
    name_en text not null,
    name_ar text not null,
    amount bigint not null check (amount > 0),
    currency text not null check (currency = 'AED'),
    sample boolean not null,
    primary key (service_id, position)
  )`,
  `create table required_document (${partOfService},
    name_en text not null,
    name_ar text not null,
    primary key (service_id, position)
  )`,
];

export const catalogue = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
