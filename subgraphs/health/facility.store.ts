/** Facilities in the database: by id, listed, and nearest first. One SQL statement a function. */
import { type ExpressionBuilder, type Kysely, sql, type RawBuilder, type SqlBool } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { FacilityCriteria } from "./facility-filter.rules.ts";
import type { Place } from "./geo.rules.ts";
import type { FacilityTable, HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

export type FacilityRow = FacilityTable;

/** `chord` is what the database sorts by: metres through the earth, not along its surface. */
export type NearbyRow = FacilityRow & { readonly chord: number };

export type Surroundings = { readonly place: Place; readonly radiusMeters: number };

const likePattern = (word: string): string => `%${word.replace(/[\\%_]/g, "\\$&")}%`;

/** Rows that fit the criteria; usable in any query on `facility`. */
export const matching =
  ({ kinds, speciality, open, words }: FacilityCriteria) =>
  (eb: ExpressionBuilder<HealthTables, "facility">) =>
    eb.and([
      ...(kinds ? [kinds.length > 0 ? eb("kind", "in", kinds) : sql<SqlBool>`false`] : []),
      ...(speciality === undefined
        ? []
        : [
            eb.or([
              eb(eb.fn<string>("lower", ["speciality_en"]), "=", speciality),
              eb("speciality_ar", "=", speciality),
            ]),
          ]),
      ...(open
        ? [sql<SqlBool>`(open_minutes @> ${open.minuteOfWeek}::integer) = ${open.wanted}::boolean`]
        : []),
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

// These two expressions must read as in the index `facility_place`, or it is not used.
const facilityPoint = sql`ll_to_earth(latitude, longitude)`;
const pointOf = ({ latitude, longitude }: Place): RawBuilder<unknown> =>
  sql`ll_to_earth(${latitude}::float8, ${longitude}::float8)`;

/** The box finds candidates by index, the distance cuts off the box's corners. */
const within = ({ place, radiusMeters }: Surroundings): RawBuilder<SqlBool> => sql`
  earth_box(${pointOf(place)}, ${radiusMeters}::float8) @> ${facilityPoint}
  and earth_distance(${facilityPoint}, ${pointOf(place)}) <= ${radiusMeters}::float8`;

/**
 * Nearest first, then by id; one more than the page holds, when there is one. The inner query walks
 * the index from the place outwards and stops early: it would not if it sorted by id as well, so it
 * takes everything that is as far away as its last row, and the outer query settles ties.
 */
export function facilitiesNear(
  db: Db,
  surroundings: Surroundings,
  criteria: FacilityCriteria,
  page: Page,
): Promise<NearbyRow[]> {
  const chord = sql<number>`${facilityPoint} <-> ${pointOf(surroundings.place)}`;
  const [afterChord, afterId] = page.after ?? [];
  return db
    .selectFrom(
      db
        .selectFrom("facility")
        .selectAll()
        .select(chord.as("chord"))
        .where(within(surroundings))
        .where(matching(criteria))
        .$if(page.after !== undefined, (query) =>
          query.where(sql<SqlBool>`(${chord}, id) > (${afterChord}::float8, ${afterId}::text)`),
        )
        .orderBy(chord)
        .fetch(page.limit + 1, "with ties")
        .as("nearest"),
    )
    .selectAll()
    .orderBy("chord")
    .orderBy("id")
    .limit(page.limit + 1)
    .execute();
}

export async function countFacilitiesNear(
  db: Db,
  surroundings: Surroundings,
  criteria: FacilityCriteria,
): Promise<number> {
  const { total } = await db
    .selectFrom("facility")
    .select(db.fn.countAll<bigint>().as("total"))
    .where(within(surroundings))
    .where(matching(criteria))
    .executeTakeFirstOrThrow();
  return Number(total);
}
