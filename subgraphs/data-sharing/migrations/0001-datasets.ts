/** Datasets with their licences and distributions. The rules of dataset.rules.ts hold here, too. */
import { type Kysely, sql } from "kysely";

const statements = [
  `create table licence (id text primary key, name text not null, url text not null)`,
  `create table dataset (
    id text collate "C" primary key,
    publisher_id text collate "C" not null,
    title_en text not null,
    title_ar text not null,
    description_en text not null,
    description_ar text not null,
    theme text not null,
    access_level text not null check (access_level in ('OPEN', 'SHARED', 'RESTRICTED')),
    sensitivity text not null check (sensitivity in ('OPEN', 'CONFIDENTIAL', 'SENSITIVE', 'SECRET')),
    personal_data text not null
      check (personal_data in ('NONE', 'PSEUDONYMISED', 'PERSONAL', 'SPECIAL')),
    licence_id text references licence,
    update_frequency text not null
      check (update_frequency in ('CONTINUOUS', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'ANNUAL')),
    issued_at timestamptz not null,
    modified_at timestamptz not null check (modified_at >= issued_at),
    sample boolean not null,
    check ((access_level = 'OPEN') = (sensitivity = 'OPEN')),
    check (access_level <> 'OPEN' or (licence_id is not null and personal_data = 'NONE'))
  )`,
  `create index on dataset (publisher_id, id)`,
  `create index on dataset (theme, id)`,
  `create table distribution (
    id text collate "C" primary key,
    dataset_id text collate "C" not null references dataset,
    media_type text not null,
    access_url text not null
  )`,
  `create index on distribution (dataset_id)`,
];

export const datasets = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
