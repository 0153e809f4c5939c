/** Bulletins and the pandemic's daily figures in the database. One SQL statement a function. */
import { type Kysely, sql, type SqlBool } from "kysely";
import type { BulletinTable, HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

export type BulletinRow = BulletinTable;

export const bulletinsByIds = (db: Db, ids: readonly string[]): Promise<BulletinRow[]> =>
  db
    .selectFrom("bulletin")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

/** Where a page of bulletins begins: behind this one. */
export type BulletinPosition = { readonly publishedAt: Date; readonly id: string };

/** Published by `now`, newest first, at most `limit`. */
export const listBulletins = (
  db: Db,
  now: Date,
  limit: number,
  after?: BulletinPosition,
): Promise<BulletinRow[]> =>
  db
    .selectFrom("bulletin")
    .selectAll()
    .where("published_at", "<=", now)
    .$if(after !== undefined, (query) =>
      query.where(
        sql<SqlBool>`(published_at, id) < (${after?.publishedAt}::timestamptz, ${after?.id}::text)`,
      ),
    )
    .orderBy("published_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();

export async function countBulletins(db: Db, now: Date): Promise<number> {
  const { total } = await db
    .selectFrom("bulletin")
    .select(db.fn.countAll<bigint>().as("total"))
    .where("published_at", "<=", now)
    .executeTakeFirstOrThrow();
  return Number(total);
}

export type CovidDayRow = {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly confirmed_total: number;
  readonly confirmed_new: number;
};

/**
 * Days from `from` to `to`, both included, in order. What is new is counted against the day before,
 * even when that one was not asked for.
 */
export const covidDays = (
  db: Db,
  from: string | undefined,
  to: string | undefined,
): Promise<CovidDayRow[]> =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom("covid_figure")
        .select([
          "day",
          "confirmed_total",
          sql<number>`confirmed_total - lag(confirmed_total, 1, 0) over (order by day)`.as(
            "confirmed_new",
          ),
        ])
        .as("figure"),
    )
    .select([sql<string>`day::text`.as("date"), "confirmed_total", "confirmed_new"])
    .$if(from !== undefined, (query) => query.where("day", ">=", String(from)))
    .$if(to !== undefined, (query) => query.where("day", "<=", String(to)))
    .orderBy("day")
    .execute();
