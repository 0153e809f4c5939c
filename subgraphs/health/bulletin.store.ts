/** Bulletins and the pandemic's daily figures in the database. One SQL statement a function. */
import { type ExpressionBuilder, type Kysely, sql, type SqlBool } from "kysely";
import type {
  BulletinAudience,
  BulletinRevisionTable,
  BulletinSeverity,
  BulletinTable,
  HealthTables,
} from "./tables.ts";

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

/** Which bulletins; `holdingAt`: within their validity, and not replaced by another. */
export type BulletinCriteria = {
  readonly now: Date;
  readonly severities?: readonly BulletinSeverity[];
  readonly audiences?: readonly BulletinAudience[];
  readonly holdingAt?: Date;
};

const matching =
  ({ now, severities, audiences, holdingAt }: BulletinCriteria) =>
  (eb: ExpressionBuilder<HealthTables, "bulletin">) =>
    eb.and([
      eb("published_at", "<=", now),
      eb("withdrawn_at", "is", null),
      ...(severities ? [eb("severity", "=", eb.fn.any(eb.val([...severities])))] : []),
      ...(audiences ? [eb("audience", "=", eb.fn.any(eb.val([...audiences])))] : []),
      ...(holdingAt
        ? [
            sql<SqlBool>`valid_from <= ${holdingAt}::timestamptz
              and (valid_until is null or valid_until > ${holdingAt}::timestamptz)
              and not exists (
                select from bulletin as newer
                where newer.supersedes_id = bulletin.id and newer.withdrawn_at is null
                  and newer.valid_from <= ${holdingAt}::timestamptz
              )`,
          ]
        : []),
    ]);

/** Published and not withdrawn, newest first, at most `limit`. */
export const listBulletins = (
  db: Db,
  criteria: BulletinCriteria,
  limit: number,
  after?: BulletinPosition,
): Promise<BulletinRow[]> =>
  db
    .selectFrom("bulletin")
    .selectAll()
    .where(matching(criteria))
    .$if(after !== undefined, (query) =>
      query.where(
        sql<SqlBool>`(published_at, id) < (${after?.publishedAt}::timestamptz, ${after?.id}::text)`,
      ),
    )
    .orderBy("published_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();

/** Those that stand in the place of these. */
export const bulletinsSuperseding = (db: Db, ids: readonly string[]): Promise<BulletinRow[]> =>
  db
    .selectFrom("bulletin")
    .selectAll()
    .where("supersedes_id", "in", [...ids])
    .where("withdrawn_at", "is", null)
    .execute();

export type BulletinRevisionRow = BulletinRevisionTable;

/** What these said before, oldest first. */
export const revisionsOfBulletins = (
  db: Db,
  ids: readonly string[],
): Promise<BulletinRevisionRow[]> =>
  db
    .selectFrom("bulletin_revision")
    .selectAll()
    .where("bulletin_id", "in", [...ids])
    .orderBy("bulletin_id")
    .orderBy("revision")
    .execute();

export async function countBulletins(db: Db, criteria: BulletinCriteria): Promise<number> {
  const { total } = await db
    .selectFrom("bulletin")
    .select(db.fn.countAll<bigint>().as("total"))
    .where(matching(criteria))
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
