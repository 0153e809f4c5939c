/**
 * Facilities around a place, nearest first. A page is found by walking the index outwards from the place
 * and filtering what comes by: a few hundred candidates, then some thousands; where that is not enough
 * (a rare filter, a late page), everything within the radius is filtered and sorted. Left to itself the
 * planner takes the radius for a handful of rows, and sorts all that is within it.
 */
import { type Kysely, type RawBuilder, sql, type SqlBool } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { FacilityCriteria } from "./facility-filter.rules.ts";
import { type FacilityRow, matching } from "./facility.store.ts";
import { chordMeters, type Place } from "./geo.rules.ts";
import type { HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

/** `chord` is what the database sorts by: metres through the earth, not along its surface. */
export type NearbyRow = FacilityRow & { readonly chord: number };

export type Surroundings = { readonly place: Place; readonly radiusMeters: number };

/** How many candidates a walk looks at, by attempt. */
export const walks = [400, 6_000] as const;

// These two expressions must read as in the index `facility_place`, or it is not used.
const facilityPoint = sql`ll_to_earth(facility.latitude, facility.longitude)`;
const pointOf = ({ latitude, longitude }: Place): RawBuilder<unknown> =>
  sql`ll_to_earth(${latitude}::float8, ${longitude}::float8)`;

const chordFrom = (place: Place): RawBuilder<number> =>
  sql<number>`${facilityPoint} <-> ${pointOf(place)}`;

const withinRadius = ({ place, radiusMeters }: Surroundings): RawBuilder<SqlBool> =>
  sql`earth_distance(${facilityPoint}, ${pointOf(place)}) <= ${radiusMeters}::float8`;

/** The box finds candidates by index, the distance cuts off the box's corners. */
const within = (surroundings: Surroundings): RawBuilder<SqlBool> => sql`
  earth_box(${pointOf(surroundings.place)}, ${surroundings.radiusMeters}::float8) @> ${facilityPoint}
  and ${withinRadius(surroundings)}`;

const behind = ({ after = [] }: Page): RawBuilder<SqlBool> =>
  sql`(chord, id) > (${after[0]}::float8, ${after[1]}::text)`;

type Walked = {
  readonly rows: readonly NearbyRow[];
  /** Whether the walk met nothing that it left out: it went past the radius, or saw everything. */
  readonly complete: boolean;
};

/** One row more than the page holds is enough to know that there are more. */
async function walk(
  db: Db,
  surroundings: Surroundings,
  criteria: FacilityCriteria,
  page: Page,
  candidates: number,
): Promise<Walked> {
  const { place } = surroundings;
  const rows = await db
    .with(
      // Kept apart, so that no condition leads the planner away from the walk.
      (cte) => cte("facility_walk").materialized(),
      (db_) =>
        db_
          .selectFrom("facility")
          .selectAll()
          .select(chordFrom(place).as("chord"))
          .where("latitude", "is not", null)
          .orderBy(chordFrom(place))
          .limit(candidates),
    )
    .with("edge", (db_) =>
      db_.selectFrom("facility_walk").select([
        sql<bigint>`count(*)`.as("walked"),
        // Ties of the last candidate may have been left out: what is as far away is not complete.
        sql<number | null>`max(chord)`.as("edge_chord"),
      ]),
    )
    .with("found", (db_) =>
      db_
        .selectFrom("facility_walk as facility")
        .selectAll("facility")
        .where(withinRadius(surroundings))
        .where(matching(criteria))
        .$if(page.after !== undefined, (query) => query.where(behind(page)))
        .orderBy("chord")
        .orderBy("id")
        .limit(page.limit + 1),
    )
    .selectFrom("edge")
    .leftJoin("found", (join) => join.onTrue())
    .selectAll()
    .orderBy("chord")
    .orderBy("id")
    .execute();
  const { walked, edge_chord } = rows[0] ?? { walked: 0n, edge_chord: null };
  const everything = walked < candidates || edge_chord === null;
  // Rows as far away as the last candidate are sorted by id, and one of them may not have come by.
  const found = rows.filter(
    (row) => row.id !== null && (everything || Number(row.chord) < edge_chord),
  ) as unknown as NearbyRow[];
  const pastRadius = edge_chord !== null && edge_chord > chordMeters(surroundings.radiusMeters);
  return { rows: found, complete: everything || pastRadius || found.length > page.limit };
}

/** Everything that fits within the radius, sorted: by whichever indexes narrow it down best. */
const sweep = (
  db: Db,
  surroundings: Surroundings,
  criteria: FacilityCriteria,
  page: Page,
): Promise<NearbyRow[]> =>
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

/**
 * Nearest first, then by id; one more than the page holds, when there is one. One statement mostly,
 * three at most.
 */
export async function facilitiesNear(
  db: Db,
  surroundings: Surroundings,
  criteria: FacilityCriteria,
  page: Page,
): Promise<readonly NearbyRow[]> {
  for (const candidates of walks) {
    const { rows, complete } = await walk(db, surroundings, criteria, page, candidates);
    if (complete) return rows;
  }
  return sweep(db, surroundings, criteria, page);
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
