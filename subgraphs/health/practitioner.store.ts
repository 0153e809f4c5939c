/** Doctors and their roles in the database: by id, listed, by facility, nearest first. One SQL statement a function. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Page } from "../kit/pagination.ts";
import { chordMeters, databaseMeters } from "./geo.rules.ts";
import type { Surroundings } from "./near.store.ts";
import type { PractitionerCriteria } from "./practitioner.rules.ts";
import type { HealthTables, PractitionerRoleTable, PractitionerTable } from "./tables.ts";

type Db = Kysely<HealthTables>;
type Condition = RawBuilder<unknown>;

export type PractitionerRow = PractitionerTable;
export type PractitionerRoleRow = PractitionerRoleTable;

const all = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);

const likePattern = (word: string): string => `%${word.replace(/[\\%_]/g, "\\$&")}%`;

/** On `practitioner`. */
const person = ({ gender, languages, words }: PractitionerCriteria): readonly Condition[] => [
  sql`practitioner.active`,
  ...(gender ? [sql`practitioner.gender = ${gender}::text`] : []),
  ...(languages.length > 0 ? [sql`practitioner.languages @> ${[...languages]}::text[]`] : []),
  ...words.map((word) => sql`practitioner.search_text like ${likePattern(word)}::text`),
];

/** On `practitioner_role`: all must hold of one and the same role. */
const role = ({ speciality, minuteOfWeek }: PractitionerCriteria): readonly Condition[] => [
  sql`practitioner_role.active`,
  ...(speciality === undefined
    ? []
    : [
        sql`(lower(practitioner_role.speciality_en) = ${speciality}::text
          or practitioner_role.speciality_ar = ${speciality}::text)`,
      ]),
  ...(minuteOfWeek === undefined
    ? []
    : [sql`practitioner_role.working_minutes @> ${minuteOfWeek}::integer`]),
];

const rolesMatter = ({ speciality, minuteOfWeek }: PractitionerCriteria): boolean =>
  speciality !== undefined || minuteOfWeek !== undefined;

const matching = (criteria: PractitionerCriteria): Condition =>
  all([
    ...person(criteria),
    ...(rolesMatter(criteria)
      ? [
          sql`exists (select from practitioner_role
            where practitioner_role.practitioner_id = practitioner.id and ${all(role(criteria))})`,
        ]
      : []),
  ]);

export const practitionersByIds = (db: Db, ids: readonly string[]): Promise<PractitionerRow[]> =>
  db
    .selectFrom("practitioner")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

export const rolesByIds = (db: Db, ids: readonly string[]): Promise<PractitionerRoleRow[]> =>
  db
    .selectFrom("practitioner_role")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

/** Active roles of these doctors, in the order of their ids. */
export const rolesOfPractitioners = (
  db: Db,
  ids: readonly string[],
): Promise<PractitionerRoleRow[]> =>
  db
    .selectFrom("practitioner_role")
    .selectAll()
    .where("practitioner_id", "in", [...ids])
    .where("active", "=", true)
    .orderBy("practitioner_id")
    .orderBy("id")
    .execute();

/** In the order of ids; one more than the page holds, when there is one. */
export async function listPractitioners(
  db: Db,
  criteria: PractitionerCriteria,
  page: Page,
): Promise<PractitionerRow[]> {
  const after = page.after ? sql`and practitioner.id > ${page.after[0]}::text` : sql``;
  const { rows } = await sql<PractitionerRow>`
    select practitioner.* from practitioner where ${matching(criteria)} ${after}
    order by practitioner.id limit ${page.limit + 1}`.execute(db);
  return rows;
}

const countOf = async (db: Db, query: RawBuilder<{ total: bigint }>): Promise<number> =>
  Number((await query.execute(db)).rows[0]?.total ?? 0);

export const countPractitioners = (db: Db, criteria: PractitionerCriteria): Promise<number> =>
  countOf(db, sql`select count(*) as total from practitioner where ${matching(criteria)}`);

export type PractitionerAtFacility = PractitionerRow & { readonly owner_id: string };

/** Doctors with a matching role at each of these facilities, a page of each. */
export async function practitionersOfFacilities(
  db: Db,
  facilityIds: readonly string[],
  criteria: PractitionerCriteria,
  page: Page,
): Promise<PractitionerAtFacility[]> {
  const after = page.after ? sql`and practitioner.id > ${page.after[0]}::text` : sql``;
  const { rows } = await sql<PractitionerAtFacility>`
    select practitioner.*, placed.owner_id from (
      select found.*, row_number() over (partition by owner_id order by practitioner_id) as place
      from (
        select distinct practitioner_role.facility_id as owner_id, practitioner.id as practitioner_id
        from practitioner_role join practitioner on practitioner.id = practitioner_role.practitioner_id
        where practitioner_role.facility_id = any(${[...facilityIds]}::text[])
          and ${all([...person(criteria), ...role(criteria)])} ${after}
      ) as found
    ) as placed
    join practitioner on practitioner.id = placed.practitioner_id
    where placed.place <= ${page.limit + 1}
    order by placed.owner_id, practitioner.id`.execute(db);
  return rows;
}

export async function countPractitionersOfFacilities(
  db: Db,
  facilityIds: readonly string[],
  criteria: PractitionerCriteria,
): Promise<readonly { readonly owner_id: string; readonly total: bigint }[]> {
  const { rows } = await sql<{ owner_id: string; total: bigint }>`
    select practitioner_role.facility_id as owner_id, count(distinct practitioner.id) as total
    from practitioner_role join practitioner on practitioner.id = practitioner_role.practitioner_id
    where practitioner_role.facility_id = any(${[...facilityIds]}::text[])
      and ${all([...person(criteria), ...role(criteria)])}
    group by 1`.execute(db);
  return rows;
}

export type PractitionerNearRow = PractitionerRow & {
  /** The matching role at the nearest place. */
  readonly role_id: string;
  /** Metres through the earth: what the database sorts by. */
  readonly chord: number;
  readonly latitude: number;
  readonly longitude: number;
};

/** Each doctor once, by the nearest of the facilities where a matching role is. */
function nearest({ place, radiusMeters }: Surroundings, criteria: PractitionerCriteria): Condition {
  const here = sql`ll_to_earth(${place.latitude}::float8, ${place.longitude}::float8)`;
  // Written as in the index `facility_place`, or it is not used.
  const there = sql`ll_to_earth(facility.latitude, facility.longitude)`;
  return sql`
    select distinct on (practitioner.id) practitioner.*, practitioner_role.id as role_id,
      facility.latitude, facility.longitude, ${there} <-> ${here} as chord
    from facility
    join practitioner_role on practitioner_role.facility_id = facility.id
    join practitioner on practitioner.id = practitioner_role.practitioner_id
    where earth_box(${here}, ${databaseMeters(radiusMeters)}::float8) @> ${there}
      and ${there} <-> ${here} <= ${chordMeters(radiusMeters)}::float8
      and ${all([...person(criteria), ...role(criteria)])}
    order by practitioner.id, chord, practitioner_role.id`;
}

/** Nearest first, then by id; one more than the page holds, when there is one. */
export async function practitionersNear(
  db: Db,
  surroundings: Surroundings,
  criteria: PractitionerCriteria,
  page: Page,
): Promise<PractitionerNearRow[]> {
  const [chord, id] = page.after ?? [];
  const after = page.after ? sql`where (chord, id) > (${chord}::float8, ${id}::text)` : sql``;
  const { rows } = await sql<PractitionerNearRow>`
    select * from (${nearest(surroundings, criteria)}) as found ${after}
    order by chord, id limit ${page.limit + 1}`.execute(db);
  return rows;
}

export const countPractitionersNear = (
  db: Db,
  surroundings: Surroundings,
  criteria: PractitionerCriteria,
): Promise<number> =>
  countOf(db, sql`select count(*) as total from (${nearest(surroundings, criteria)}) as found`);

export type FacilitySpeciality = Pick<
  PractitionerRoleTable,
  "facility_id" | "speciality_en" | "speciality_ar"
>;

/** In which specialities doctors work at each facility, by their English names. */
export const specialitiesOfFacilities = (
  db: Db,
  facilityIds: readonly string[],
): Promise<FacilitySpeciality[]> =>
  db
    .selectFrom("practitioner_role")
    .innerJoin("practitioner", "practitioner.id", "practitioner_role.practitioner_id")
    .select(["facility_id", "speciality_en", "speciality_ar"])
    .distinct()
    .where("facility_id", "in", [...facilityIds])
    .where("practitioner_role.active", "=", true)
    .where("practitioner.active", "=", true)
    .orderBy("facility_id")
    .orderBy("speciality_en")
    .execute();
