/**
 * Ways to find the facilities around a place: the one that the health subgraph uses, and those that it
 * does not, over the same table and with the same filters, so that the comparison can be run again.
 */
import { type RawBuilder, sql, type SqlBool } from "kysely";
import type { FacilityCriteria } from "../../../subgraphs/health/facility-filter.rules.ts";
import { matching } from "../../../subgraphs/health/facility.store.ts";
import { chordMeters, databaseMeters } from "../../../subgraphs/health/geo.rules.ts";
import { facilitiesNear, type Surroundings } from "../../../subgraphs/health/near.store.ts";
import type { Page } from "../../../subgraphs/kit/pagination.ts";
import type { Db } from "./fill.ts";

export type Near = (
  db: Db,
  surroundings: Surroundings,
  criteria: FacilityCriteria,
  page: Page,
) => Promise<readonly { readonly id: string; readonly chord: number }[]>;

export type Way = {
  readonly name: string;
  readonly prepare: (db: Db) => Promise<void>;
  readonly near: Near;
};

type Condition = (surroundings: Surroundings) => RawBuilder<SqlBool>;

const point = sql`ll_to_earth(facility.latitude, facility.longitude)`;
const pointOf = ({ place }: Surroundings): RawBuilder<unknown> =>
  sql`ll_to_earth(${place.latitude}::float8, ${place.longitude}::float8)`;

/** Everything that the index finds within the radius, filtered and sorted: one statement. */
const sortAll =
  (candidates: Condition): Near =>
  (db, surroundings, criteria, { limit, after }) =>
    db
      .selectFrom(
        db
          .selectFrom("facility")
          .selectAll()
          .select(sql<number>`${point} <-> ${pointOf(surroundings)}`.as("chord"))
          .where(candidates(surroundings))
          .where(matching(criteria))
          .as("nearest"),
      )
      .selectAll()
      .where("chord", "<=", chordMeters(surroundings.radiusMeters))
      .$if(after !== undefined, (query) =>
        query.where(sql<SqlBool>`(chord, id) > (${after?.[0]}::float8, ${after?.[1]}::text)`),
      )
      .orderBy("chord")
      .orderBy("id")
      .limit(limit + 1)
      .execute();

const rings = [1 / 16, 1 / 4, 1] as const;

/** The same in circles that grow until one holds the page. */
const expand =
  (candidates: Condition): Near =>
  async (db, { place, radiusMeters }, criteria, page) => {
    const from = Number(page.after?.[0] ?? 0);
    for (const share of rings) {
      const radius = radiusMeters * share;
      if (share < 1 && chordMeters(radius) < from) continue;
      const surroundings = { place, radiusMeters: radius };
      const rows = await sortAll(candidates)(db, surroundings, criteria, page);
      if (share === 1 || rows.length > page.limit) return rows;
    }
    return [];
  };

const metersPerDegree = 111_320;
const spreadOf = ({ place, radiusMeters }: Surroundings) => {
  const north = radiusMeters / metersPerDegree;
  return { north, east: north / Math.cos((place.latitude * Math.PI) / 180) };
};

const inBox: Condition = (surroundings) => {
  const { latitude, longitude } = surroundings.place;
  const { north, east } = spreadOf(surroundings);
  return sql`facility.latitude between ${latitude - north}::float8 and ${latitude + north}::float8
    and facility.longitude between ${longitude - east}::float8 and ${longitude + east}::float8`;
};

const inEarthBox: Condition = (surroundings) =>
  sql`earth_box(${pointOf(surroundings)}, ${databaseMeters(surroundings.radiusMeters)}::float8) @> ${point}`;

/** Bits of each coordinate in a cell's number; a cell of the last level is about ten metres wide. */
const cellBits = 22;
const gridOf = (degrees: number, least: number, range: number): number =>
  Math.floor(((degrees - least) / range) * 2 ** cellBits);

/** Every second bit, from the lowest. */
const spread = (value: number): bigint =>
  value
    .toString(2)
    .split("")
    .reduce((bits, bit) => (bits << 2n) | BigInt(bit), 0n);

/** The three by three cells around a place that are together wider than the circle: ranges of numbers. */
const inCells: Condition = (surroundings) => {
  const { latitude, longitude } = surroundings.place;
  const { north, east } = spreadOf(surroundings);
  const widest = Math.max((north / 180) * 2 ** cellBits, (east / 360) * 2 ** cellBits, 1);
  const level = Math.ceil(Math.log2(widest));
  const [row, column] = [
    gridOf(latitude, -90, 180) >> level,
    gridOf(longitude, -180, 360) >> level,
  ];
  const around = [-1, 0, 1];
  const cells = around.flatMap((down) =>
    around.map((right) => {
      const first = ((spread(row + down) << 1n) | spread(column + right)) << BigInt(2 * level);
      const last = first + (1n << BigInt(2 * level)) - 1n;
      return sql`facility.cell between ${first}::bigint and ${last}::bigint`;
    }),
  );
  return sql`(${sql.join(cells, sql` or `)})`;
};

const spreadSql = (column: string, least: number, range: number): string => {
  const grid = `floor((${column} + ${least}) / ${range} * ${2 ** cellBits})::bigint`;
  return Array.from(
    { length: cellBits },
    (_, bit) => `((${grid} >> ${bit} & 1) << ${2 * bit})`,
  ).join(" | ");
};

const run = async (db: Db, ...statements: readonly string[]): Promise<void> => {
  // The server that answers people gives up after ten seconds; a new column takes longer.
  for (const statement of ["set statement_timeout = 0", ...statements]) {
    await sql.raw(statement).execute(db);
  }
};

export const ways: readonly Way[] = [
  { name: "GiST, one statement (in use)", prepare: async () => {}, near: facilitiesNear },
  { name: "GiST, growing circles", prepare: async () => {}, near: expand(inEarthBox) },
  {
    name: "btree (latitude, longitude), growing boxes",
    prepare: async () => {},
    near: expand(inBox),
  },
  {
    name: "btree Z-order cells, growing circles",
    prepare: (db) =>
      run(
        db,
        `alter table facility add column cell bigint generated always as
          ((${spreadSql("latitude", 90, 180)}) << 1 | (${spreadSql("longitude", 180, 360)})) stored`,
        "create index facility_cell on facility (cell)",
        "analyze facility",
      ),
    near: expand(inCells),
  },
];
