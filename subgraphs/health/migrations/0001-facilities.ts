/** Facilities with their place and hours, and which of them offer a service. */
import { type Kysely, sql } from "kysely";

const statements = [
  sql`create table facility (
    id text primary key,
    agency_id text not null,
    licence_number text not null unique,
    licence_type_en text not null,
    licence_type_ar text not null,
    kind text not null
      check (kind in ('PHARMACY', 'CLINIC', 'HOSPITAL', 'CENTRE', 'LABORATORY', 'OTHER')),
    name_en text not null,
    name_ar text not null,
    speciality_en text,
    speciality_ar text,
    address text not null,
    area text not null,
    phone text,
    website text,
    latitude double precision check (latitude between -90 and 90),
    longitude double precision check (longitude between -180 and 180),
    hours_text text not null,
    hours_sample boolean not null,
    open_minutes int4multirange not null check (open_minutes <@ '{[0,10080)}'::int4multirange),
    check ((latitude is null) = (longitude is null)),
    check ((speciality_en is null) = (speciality_ar is null))
  )`,
  // Serves both "within this box" (@>) and "nearest first" (order by … <-> …).
  sql`create index facility_place on facility using gist (ll_to_earth(latitude, longitude))`,
  sql`create index facility_by_kind on facility (kind, id)`,
  sql`create index facility_by_agency on facility (agency_id, id)`,
  sql`create table service_facility_kind (
    service_id text not null,
    kind text not null,
    licence_type_en text,
    unique (service_id, kind)
  )`,
];

export const facilities = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db);
  },
};
