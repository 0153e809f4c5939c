/** Datasets with their publishers, themes, licences and forms. The rules of dataset.rules.ts hold here, too. */
import { type Kysely, sql } from "kysely";

const statements = [
  // Agencies that take part in data sharing. Others can neither publish nor be granted anything.
  `create table participant (
    agency_id text collate "C" primary key,
    contact_name_en text not null,
    contact_name_ar text not null,
    contact_email text not null
  )`,
  `create table theme (
    id text collate "C" primary key,
    name_en text not null,
    name_ar text not null
  )`,
  `create table licence (
    id text collate "C" primary key,
    name_en text not null,
    name_ar text not null,
    url text not null check (url like 'https://%')
  )`,
  `create table dataset (
    id text collate "C" primary key,
    publisher_id text collate "C" not null references participant,
    title_en text not null,
    title_ar text not null,
    description_en text not null,
    description_ar text not null,
    keywords jsonb not null check (jsonb_typeof(keywords) = 'array'),
    access_level text not null check (access_level in ('OPEN', 'SHARED', 'RESTRICTED')),
    sensitivity text not null
      check (sensitivity in ('OPEN', 'CONFIDENTIAL', 'SENSITIVE', 'SECRET')),
    personal_data text not null
      check (personal_data in ('NONE', 'PSEUDONYMISED', 'PERSONAL', 'SPECIAL')),
    personal_fields jsonb not null check (jsonb_typeof(personal_fields) = 'array'),
    licence_id text collate "C" references licence,
    update_frequency text not null check (update_frequency in
      ('UPDATE_CONT', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'ANNUAL', 'IRREG')),
    issued_at timestamptz(3) not null,
    modified_at timestamptz(3) not null,
    coverage_from date not null,
    coverage_to date,
    sample boolean not null,
    search_text text not null,
    constraint open_means_open check ((access_level = 'OPEN') = (sensitivity = 'OPEN')),
    constraint open_has_a_licence check (access_level <> 'OPEN' or licence_id is not null),
    constraint open_tells_of_nobody check (access_level <> 'OPEN' or personal_data = 'NONE'),
    constraint personal_fields_are_named
      check ((personal_data = 'NONE') = (jsonb_array_length(personal_fields) = 0)),
    constraint modified_after_issued check (modified_at >= issued_at),
    constraint coverage_has_a_length check (coverage_to >= coverage_from)
  )`,
  `create index dataset_by_publisher on dataset (publisher_id, id)`,
  `create table dataset_theme (
    dataset_id text collate "C" not null references dataset,
    theme_id text collate "C" not null references theme,
    position smallint not null check (position >= 0),
    primary key (dataset_id, theme_id),
    unique (dataset_id, position)
  )`,
  `create index dataset_theme_by_theme on dataset_theme (theme_id, dataset_id)`,
  // 2^53 - 1 is the largest size that a JSON number carries exactly.
  `create table distribution (
    id text collate "C" primary key,
    dataset_id text collate "C" not null references dataset,
    position smallint not null check (position >= 0),
    format text not null,
    media_type text not null,
    access_url text not null check (access_url like 'https://%'),
    byte_size bigint check (byte_size between 0 and 9007199254740991),
    unique (dataset_id, position)
  )`,
];

export const catalogue = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
