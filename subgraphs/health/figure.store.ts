/** Daily figures in the database. One SQL statement a function. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { DayFigure, FigurePeriodKind } from "./figure.rules.ts";
import type { FigureMetric, FigurePublicationTable, HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

export type LatestFigureRow = DayFigure & {
  readonly revisions: number;
  readonly recorded_at: Date;
  readonly source: string;
};

/** The last day of each metric: one step to the end of the index for each, however long the series. */
export async function latestFigures(
  db: Db,
  metrics: readonly FigureMetric[],
): Promise<LatestFigureRow[]> {
  const { rows } = await sql<LatestFigureRow>`
    select wanted.metric, last.day::text as day, last.value, last.revisions, last.recorded_at, last.source
    from unnest(${[...metrics]}::text[]) with ordinality as wanted (metric, place)
    cross join lateral (
      select * from figure where figure.metric = wanted.metric order by figure.day desc limit 1
    ) as last
    order by wanted.place`.execute(db);
  return rows;
}

export type FigureSeriesQuery = {
  readonly metric: FigureMetric;
  readonly kind: FigurePeriodKind;
  readonly from: string | null;
  readonly to: string | null;
  /** What was known then; without it, what is known now. */
  readonly asOf: Date | null;
};

export type FigurePeriodRow = {
  readonly start: string;
  readonly total: bigint;
  /** How many days of it were counted. */
  readonly days: bigint;
};

/** Before 2022 weeks of work began on Sunday, since then on Monday (figure.rules.ts). */
const periodStart: Readonly<Record<FigurePeriodKind, RawBuilder<unknown>>> = {
  DAY: sql`day`,
  WEEK: sql`date_trunc('week', day)::date`,
  WORKING_WEEK: sql`case when day < '2022-01-03'
    then least(day - extract(dow from day)::integer, '2021-12-26'::date)
    else date_trunc('week', day)::date end`,
  MONTH: sql`date_trunc('month', day)::date`,
};

/** Sums by period, in order; periods of which no day was counted are left out. */
export async function figureSeries(db: Db, query: FigureSeriesQuery): Promise<FigurePeriodRow[]> {
  const { metric, kind, from, to, asOf } = query;
  const within = sql`metric = ${metric}::text
    and day >= coalesce(${from}::date, '-infinity') and day <= coalesce(${to}::date, 'infinity')`;
  const known = asOf
    ? sql`select distinct on (day) day, value from figure_revision
        where ${within} and recorded_at <= ${asOf}::timestamptz order by day, seq desc`
    : sql`select day, value from figure where ${within}`;
  const { rows } = await sql<FigurePeriodRow>`
    select (${periodStart[kind]})::text as start, sum(value)::bigint as total, count(*) as days
    from (${known}) as known group by 1 order by 1`.execute(db);
  return rows;
}

export type FigureRevisionRow = { readonly value: number; readonly recorded_at: Date };

/** What was published of one day, oldest first. */
export const revisionsOfDay = (
  db: Db,
  metric: FigureMetric,
  day: string,
): Promise<FigureRevisionRow[]> =>
  db
    .selectFrom("figure_revision")
    .select(["value", "recorded_at"])
    .where("metric", "=", metric)
    .where("day", "=", day)
    .orderBy("seq")
    .execute();

/** Publications take turns: each sees the one before, and `seq` rises in the order of commits. */
export const takeTurn = async (transaction: Db): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtext('health figures'))`.execute(transaction);
};

export type EarlierPublication = Pick<FigurePublicationTable, "request_digest" | "changed">;

export const earlierPublication = (
  transaction: Db,
  agencyId: string,
  idempotencyKey: string,
): Promise<EarlierPublication | undefined> =>
  transaction
    .selectFrom("figure_publication")
    .select(["request_digest", "changed"])
    .where("agency_id", "=", agencyId)
    .where("idempotency_key", "=", idempotencyKey)
    .executeTakeFirst();

/** Those whose value is not what is known already. */
export async function differing(
  transaction: Db,
  figures: readonly DayFigure[],
): Promise<DayFigure[]> {
  const { rows } = await sql<DayFigure>`
    select given.metric, given.day::text as day, given.value
    from unnest(
      ${figures.map(({ metric }) => metric)}::text[],
      ${figures.map(({ day }) => day)}::date[],
      ${figures.map(({ value }) => value)}::integer[]
    ) as given (metric, day, value)
    left join figure using (metric, day)
    where figure.value is distinct from given.value
    order by given.metric, given.day`.execute(transaction);
  return rows;
}

export async function insertPublication(
  transaction: Db,
  publication: Omit<FigurePublicationTable, "id">,
): Promise<bigint> {
  const { id } = await transaction
    .insertInto("figure_publication")
    .values(publication)
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export const insertRevisions = async (
  transaction: Db,
  publicationId: bigint,
  recordedAt: Date,
  figures: readonly DayFigure[],
): Promise<void> => {
  const common = { publication_id: publicationId, recorded_at: recordedAt };
  await transaction
    .insertInto("figure_revision")
    .values(figures.map((figure) => ({ ...figure, ...common })))
    .execute();
};

export const replaceFigures = async (
  transaction: Db,
  recordedAt: Date,
  source: string,
  figures: readonly DayFigure[],
): Promise<void> => {
  const common = { recorded_at: recordedAt, source, revisions: 1 };
  await transaction
    .insertInto("figure")
    .values(figures.map((figure) => ({ ...figure, ...common })))
    .onConflict((conflict) =>
      conflict.columns(["metric", "day"]).doUpdateSet((eb) => ({
        value: eb.ref("excluded.value"),
        recorded_at: eb.ref("excluded.recorded_at"),
        source: eb.ref("excluded.source"),
        revisions: eb("figure.revisions", "+", 1),
      })),
    )
    .execute();
};
