/**
 * Facilities around a place, nearest first: one statement, for which the index gives both what lies within
 * the radius and the order, so that reading ends when the page is full. docs/near-me.md compares it with
 * other ways.
 */
import { type Kysely, type RawBuilder, sql, type SqlBool } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { FacilityCriteria } from "./facility-filter.rules.ts";
import { type FacilityRow, matching } from "./facility.store.ts";
import { chordMeters, databaseMeters, type Place } from "./geo.rules.ts";
import type { HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

/** `chord` is what the database sorts by: metres through the earth, not along its surface. */
export type NearbyRow = FacilityRow & { readonly chord: number };

export type Surroundings = { readonly place: Place; readonly radiusMeters: number };

// These two expressions must read as in the index `facility_place`, or it is not used.
const facilityPoint = sql`ll_to_earth(facility.latitude, facility.longitude)`;
const pointOf = ({ latitude, longitude }: Place): RawBuilder<unknown> =>
  sql`ll_to_earth(${latitude}::float8, ${longitude}::float8)`;

const chordFrom = (place: Place): RawBuilder<number> =>
  sql<number>`${facilityPoint} <-> ${pointOf(place)}`;

/** The box finds candidates by index, the distance cuts off the box's corners. */
const within = (surroundings: Surroundings): RawBuilder<SqlBool> => sql`
  earth_box(${pointOf(surroundings.place)}, ${databaseMeters(surroundings.radiusMeters)}::float8) @> ${facilityPoint}
  and ${chordFrom(surroundings.place)} <= ${chordMeters(surroundings.radiusMeters)}::float8`;

const behind = ({ after = [] }: Page): RawBuilder<SqlBool> =>
  sql`(chord, id) > (${after[0]}::float8, ${after[1]}::text)`;

/** Nearest first, then by id; one more than the page holds, when there is one. One statement. */
export const facilitiesNear = (
  db: Db,
  surroundings: Surroundings,
  criteria: FacilityCriteria,
  page: Page,
): Promise<readonly NearbyRow[]> =>
  db
    .selectFrom(
      db
        .selectFrom("facility")
        .selectAll()
        .select(chordFrom(surroundings.place).as("chord"))
        .where(within(surroundings))
        .where(matching(criteria))
        .as("nearest"),
    )
    .selectAll()
    .$if(page.after !== undefined, (query) => query.where(behind(page)))
    .orderBy("chord")
    .orderBy("id")
    .limit(page.limit + 1)
    .execute();

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
