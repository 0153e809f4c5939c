/** Doctors, and their roles at facilities with speciality and working times. */
import { type Kysely, sql } from "kysely";

const statements = [
  sql`create table practitioner (
    id text primary key,
    licence_number text not null unique,
    name_en text not null,
    name_ar text not null,
    search_text text not null,
    gender text not null check (gender in ('FEMALE', 'MALE')),
    languages text[] not null,
    active boolean not null,
    sample boolean not null
  )`,
  sql`create table practitioner_role (
    id text primary key,
    practitioner_id text not null references practitioner (id),
    facility_id text not null references facility (id),
    speciality_en text not null,
    speciality_ar text not null,
    working_minutes int4multirange not null
      check (working_minutes <@ '{[0,10080)}'::int4multirange),
    active boolean not null,
    unique (practitioner_id, facility_id, speciality_en)
  )`,
  sql`create index practitioner_role_at on practitioner_role (facility_id, practitioner_id)`,
  sql`create index practitioner_role_speciality on practitioner_role (lower(speciality_en))`,
];

export const practitioners = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db);
  },
};
