/**
 * A health database to measure on: the register's facilities, and on demand copies of them until there
 * are as many as wanted. A copy lies up to about two kilometres from its original, in one of the cities
 * of the UAE by the size of its people, so that places are clustered as the real ones are.
 */
import { type Kysely, sql } from "kysely";
import { silentLog } from "../../../platform/log.ts";
import { migrations } from "../../../subgraphs/health/migrations/index.ts";
import { seed } from "../../../subgraphs/health/seed/seed.ts";
import type { HealthTables } from "../../../subgraphs/health/tables.ts";
import { type DatabaseStore, openDatabase } from "../../../subgraphs/kit/database.ts";
import { migrate } from "../../../subgraphs/kit/migrate.ts";

export type Db = Kysely<HealthTables>;

/** Degrees from Dubai, where all originals are, and the share of the copies in percent. */
const cities = [
  { name: "Dubai", north: 0, east: 0, percent: 36 },
  { name: "Abu Dhabi", north: -0.75, east: -0.86, percent: 24 },
  { name: "Sharjah", north: 0.14, east: 0.15, percent: 18 },
  { name: "Al Ain", north: -1, east: 0.47, percent: 8 },
  { name: "Ajman", north: 0.2, east: 0.19, percent: 6 },
  { name: "Ras Al Khaimah", north: 0.58, east: 0.68, percent: 5 },
  { name: "Fujairah", north: -0.08, east: 1.06, percent: 3 },
] as const;

const cityOf = (copy: number): (typeof cities)[number] => {
  // A step that is prime to 100 visits every percent once in a hundred copies.
  let left = (copy * 37) % 100;
  return cities.find(({ percent }) => (left -= percent) < 0) ?? cities[0];
};

export async function openHealth(store: DatabaseStore): Promise<Db> {
  const extensions = ["cube", "earthdistance", "btree_gist"] as const;
  const log = silentLog;
  const db = await openDatabase<HealthTables>({ subgraph: "health", store, extensions, log });
  await migrate(db, { name: "health", migrations } as unknown as Parameters<typeof migrate>[1]);
  await seed(db);
  return db;
}

/** Noise of up to 0.02 degrees, the same in every run. */
const noise = (salt: string) =>
  sql`((hashtext(${salt}::text || id) & 65535) / 65535.0 - 0.5) * 0.04`;

async function copyAll(db: Db, originals: number, copy: number): Promise<void> {
  const { north, east } = cityOf(copy);
  const renamed = { id: `copy-${copy}-`, licence_number: `copy-${copy}-` };
  // Every column, whichever there are, but for these four.
  const changed = sql`jsonb_build_object(
    'id', ${renamed.id}::text || id,
    'licence_number', ${renamed.licence_number}::text || licence_number,
    'latitude', latitude + ${north}::float8 + ${noise(`${copy}n`)},
    'longitude', longitude + ${east}::float8 + ${noise(`${copy}e`)})`;
  await sql`insert into facility
    select (jsonb_populate_record(facility, ${changed})).*
    from facility where id like 'dha-%' order by id limit ${originals}`.execute(db);
  await sql`insert into facility_season
    select ${renamed.id}::text || facility_id, years, month_days, open_minutes
    from facility_season where facility_id like 'dha-%'
      and exists (select from facility where id = ${renamed.id}::text || facility_id)`.execute(db);
}

/** @param wanted facilities in all, those of the register among them. */
export async function fillUp(db: Db, wanted: number): Promise<void> {
  const { have } = await db
    .selectFrom("facility")
    .select(db.fn.countAll<bigint>().as("have"))
    .executeTakeFirstOrThrow();
  let missing = wanted - Number(have);
  for (let copy = 1; missing > 0; copy += 1) {
    await copyAll(db, Math.min(missing, Number(have)), copy);
    missing -= Number(have);
  }
}
