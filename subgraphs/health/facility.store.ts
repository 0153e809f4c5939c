/** Facilities in the database: by id, and listed. One SQL statement a function. */
import { type ExpressionBuilder, type Kysely, sql, type RawBuilder, type SqlBool } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { DetailsCriteria } from "./facility-details.rules.ts";
import type { FacilityCriteria, OpenCriterion } from "./facility-filter.rules.ts";
import type { OpenPoint } from "./opening-minutes.rules.ts";
import type { FacilityTable, HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

export type FacilityRow = FacilityTable;

/** As `slotMinuteOf` computes it. */
const holds = (minutes: string, { kind, weekday, minute }: OpenPoint): RawBuilder<SqlBool> =>
  sql`${sql.ref(minutes)} @> (((${kind}::integer & facility.calendar_mask) * 7 + ${weekday}::integer) * 2880 + ${minute}::integer)`;

const anyOf = (conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> =>
  sql`(${sql.join(conditions, sql` or `)})`;

const onDuty = (instant: number): RawBuilder<SqlBool> => sql`
  facility.id in (select duty.facility_id from duty_shift as duty
    where duty.starts_at <= ${new Date(instant)}::timestamptz
      and duty.ends_at > ${new Date(instant)}::timestamptz)`;

/**
 * By the hours, by those of the season where they change with dates, or on duty. Only facilities with
 * dated hours look anything up; who is on duty is found once for all.
 */
const openAt = ({ instant, points, wanted }: OpenCriterion): RawBuilder<SqlBool> => {
  const seasonal = points.map(
    (point) => sql<SqlBool>`(season.years @> ${point.year}::integer
      and season.month_days @> ${point.monthDay}::integer and ${holds("season.open_minutes", point)})`,
  );
  return sql`(case when facility.dated
    then exists (select from facility_season as season
      where season.facility_id = facility.id and ${anyOf(seasonal)})
    else ${anyOf(points.map((point) => holds("facility.open_minutes", point)))} end
    or ${onDuty(instant)}) = ${wanted}::boolean`;
};

const likePattern = (word: string): string => `%${word.replace(/[\\%_]/g, "\\$&")}%`;

/** All of the wanted, or at least one of them. */
const holdsList = (column: string, operator: "@>" | "&&", wanted?: readonly string[]) =>
  wanted
    ? [sql<SqlBool>`${sql.ref(`facility.${column}`)} ${sql.raw(operator)} ${[...wanted]}::text[]`]
    : [];

const details = (criteria: DetailsCriteria): readonly RawBuilder<SqlBool>[] => {
  const { emergency, open24Hours } = criteria;
  return [
    ...holdsList("services", "@>", criteria.services),
    ...holdsList("accessibility", "@>", criteria.accessibility),
    ...holdsList("languages", "@>", criteria.languages),
    ...holdsList("insurance_networks", "&&", criteria.insuranceNetworks),
    ...(emergency === undefined
      ? []
      : [emergency ? sql<SqlBool>`facility.emergency` : sql<SqlBool>`not facility.emergency`]),
    ...(open24Hours === undefined
      ? []
      : [sql<SqlBool>`facility.always_open = ${open24Hours}::boolean`]),
  ];
};

/** By its own specialities, or by that of a doctor who works there. */
const hasSpeciality = (speciality: string): RawBuilder<SqlBool> => sql`(
  lower(facility.speciality_en) = ${speciality}::text
  or facility.speciality_ar = ${speciality}::text
  or lower(facility.further_specialities_en::text)::text[] @> array[${speciality}::text]
  or facility.further_specialities_ar @> array[${speciality}::text]
  or facility.id in (
    select role.facility_id from practitioner_role as role
    join practitioner on practitioner.id = role.practitioner_id
    where (lower(role.speciality_en) = ${speciality}::text or role.speciality_ar = ${speciality}::text)
      and role.active and practitioner.active))`;

/** Rows that fit the criteria; usable in any query on `facility`. */
export const matching =
  ({ kinds, speciality, open, duty, words, ...others }: FacilityCriteria) =>
  (eb: ExpressionBuilder<HealthTables, "facility">) =>
    eb.and([
      ...(kinds ? [kinds.length > 0 ? eb("kind", "in", kinds) : sql<SqlBool>`false`] : []),
      ...(speciality === undefined ? [] : [hasSpeciality(speciality)]),
      ...details(others),
      ...open.map(openAt),
      ...(duty ? [sql<SqlBool>`(${onDuty(duty.instant)}) = ${duty.wanted}::boolean`] : []),
      ...words
        .map(likePattern)
        .map((pattern) =>
          eb.or([
            eb("name_en", "ilike", pattern),
            eb("name_ar", "ilike", pattern),
            eb("address", "ilike", pattern),
            eb("area", "ilike", pattern),
          ]),
        ),
    ]);

export const facilitiesByIds = (db: Db, ids: readonly string[]): Promise<FacilityRow[]> =>
  db
    .selectFrom("facility")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

/** In the order of ids; one more than the page holds, when there is one. */
export const listFacilities = (
  db: Db,
  criteria: FacilityCriteria,
  page: Page,
): Promise<FacilityRow[]> =>
  db
    .selectFrom("facility")
    .selectAll()
    .where(matching(criteria))
    .$if(page.after !== undefined, (query) => query.where("id", ">", String(page.after?.[0])))
    .orderBy("id")
    .limit(page.limit + 1)
    .execute();

export async function countFacilities(db: Db, criteria: FacilityCriteria): Promise<number> {
  const { total } = await db
    .selectFrom("facility")
    .select(db.fn.countAll<bigint>().as("total"))
    .where(matching(criteria))
    .executeTakeFirstOrThrow();
  return Number(total);
}
