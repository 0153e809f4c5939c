/** Specialities of a facility beside its main one. */
import { type Kysely, sql } from "kysely";

const statements = [
  sql`alter table facility
    add column further_specialities_en text[] not null default '{}',
    add column further_specialities_ar text[] not null default '{}',
    add check (cardinality(further_specialities_en) = cardinality(further_specialities_ar)),
    add check (further_specialities_en = '{}' or speciality_en is not null)`,
  sql`alter table facility
    alter column further_specialities_en drop default,
    alter column further_specialities_ar drop default`,
];

export const specialities = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await statement.execute(db);
  },
};
