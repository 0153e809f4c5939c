/** What a facility offers, in which languages, under which insurance, and how it can be entered. */
import { type Kysely, sql } from "kysely";

const statements = [
  sql`alter table facility
    add column services text[] not null default '{}',
    add column languages text[] not null default '{}',
    add column insurance_networks text[] not null default '{}',
    add column accessibility text[] not null default '{}',
    add column photos text[] not null default '{}',
    add column emergency boolean not null default false,
    add column always_open boolean not null default false,
    add column details_sample boolean not null default false`,
  // Hours of before know neither dates nor the calendar: whole weeks are open always.
  sql`update facility set always_open = true where hours_text in ('24/7', 'Mo-Su 00:00-24:00')`,
  sql`alter table facility
    alter column services drop default,
    alter column languages drop default,
    alter column insurance_networks drop default,
    alter column accessibility drop default,
    alter column photos drop default,
    alter column emergency drop default,
    alter column always_open drop default,
    alter column details_sample drop default`,
  // Few have these: a sweep for them must not read everything.
  sql`create index facility_emergency on facility (id) where emergency`,
];

export const facilityDetails = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db);
  },
};
