/** Facilities of a map: inside its box, and counted by cells of a grid. One statement a function. */
import { type ExpressionBuilder, type Kysely, sql, type RawBuilder } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { FacilityCriteria } from "./facility-filter.rules.ts";
import { type FacilityRow, matching } from "./facility.store.ts";
import type { Box } from "./map.rules.ts";
import type { HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

/** Cells are counted from the south pole and from 180° west; the centroid is of what is in the cell. */
export type ClusterRow = {
  readonly row: number;
  readonly column: number;
  readonly total: bigint;
  readonly latitude: number;
  readonly longitude: number;
  /** The facility, when there is only one. */
  readonly only_id: string | null;
};

const inside =
  ({ south, west, north, east }: Box) =>
  (eb: ExpressionBuilder<HealthTables, "facility">) =>
    eb.and([
      eb("latitude", ">=", south),
      eb("latitude", "<=", north),
      west <= east
        ? eb.and([eb("longitude", ">=", west), eb("longitude", "<=", east)])
        : eb.or([eb("longitude", ">=", west), eb("longitude", "<=", east)]),
    ]);

/** In the order of ids; one more than the page holds, when there is one. */
export const facilitiesInBox = (
  db: Db,
  box: Box,
  criteria: FacilityCriteria,
  page: Page,
): Promise<FacilityRow[]> =>
  db
    .selectFrom("facility")
    .selectAll()
    .where(inside(box))
    .where(matching(criteria))
    .$if(page.after !== undefined, (query) => query.where("id", ">", String(page.after?.[0])))
    .orderBy("id")
    .limit(page.limit + 1)
    .execute();

export async function countFacilitiesInBox(
  db: Db,
  box: Box,
  criteria: FacilityCriteria,
): Promise<number> {
  const { total } = await db
    .selectFrom("facility")
    .select(db.fn.countAll<bigint>().as("total"))
    .where(inside(box))
    .where(matching(criteria))
    .executeTakeFirstOrThrow();
  return Number(total);
}

const cellOf = (column: string, least: number, cell: number): RawBuilder<number> =>
  sql<number>`floor((${sql.ref(column)} - ${least}::float8) / ${cell}::float8)::integer`;

/** By row and column; cells without facilities are left out. */
export const clustersInBox = (
  db: Db,
  box: Box,
  cell: number,
  criteria: FacilityCriteria,
): Promise<ClusterRow[]> =>
  db
    .selectFrom("facility")
    .select([
      cellOf("latitude", -90, cell).as("row"),
      cellOf("longitude", -180, cell).as("column"),
      sql<bigint>`count(*)`.as("total"),
      sql<number>`avg(latitude)`.as("latitude"),
      sql<number>`avg(longitude)`.as("longitude"),
      sql<string | null>`case when count(*) = 1 then min(id) end`.as("only_id"),
    ])
    .where(inside(box))
    .where(matching(criteria))
    .groupBy(sql`1, 2`)
    .orderBy(sql`1, 2`)
    .execute();
