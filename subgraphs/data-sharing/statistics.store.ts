/** Figures on the sharing of data; one SQL statement a function. Only `scanAccesses` reads the log. */
import { type Kysely, sql } from "kysely";
import type { AccessSumTable } from "./statistics.tables.ts";
import type { DataSharingTables } from "./tables.ts";

type Db = Kysely<DataSharingTables>;

/** Days, YYYY-MM-DD, in the city; both inclusive, either open. */
export type Period = { readonly from: string | null; readonly to: string | null };

const inCity = (column: string) =>
  sql<string>`(${sql.ref(column)} at time zone 'Asia/Dubai')::date`;

const within = (day: ReturnType<typeof inCity>, { from, to }: Period) =>
  sql<boolean>`(${from}::date is null or ${day} >= ${from}::date)
    and (${to}::date is null or ${day} <= ${to}::date)`;

const monthsWithin = ({ from, to }: Period) =>
  sql<boolean>`(${from}::date is null or month >= date_trunc('month', ${from}::date))
    and (${to}::date is null or month <= ${to}::date)`;

export const listAccessSums = (db: Db, period: Period): Promise<AccessSumTable[]> =>
  db
    .selectFrom("access_sum")
    .select([
      sql<string>`month::text`.as("month"),
      "agency_id",
      "publisher_id",
      "granted",
      "refused",
      "rows_given",
    ])
    .where(monthsWithin(period))
    .orderBy("month")
    .orderBy("agency_id")
    .orderBy("publisher_id")
    .execute();

/** The same figures counted from the log, entry by entry: what the sums are audited against. */
export const scanAccesses = async (db: Db): Promise<AccessSumTable[]> =>
  (
    await sql<AccessSumTable>`
      select to_char(entry.at at time zone 'Asia/Dubai', 'YYYY-MM-"01"') as month,
        coalesce(entry.agency_id, '') collate "C" as agency_id,
        coalesce((select publisher_id from dataset where dataset.id = entry.dataset_id), '')
          collate "C" as publisher_id,
        count(case when entry.outcome = 'GRANTED' then 1 end) as granted,
        count(case when entry.outcome = 'REFUSED' then 1 end) as refused,
        sum(entry.row_count)::bigint as rows_given
      from access_log_entry as entry
      where entry.operation not in ('REQUEST', 'SIGN')
      group by 1, 2, 3 order by 1, 2, 3`.execute(db)
  ).rows;

export type DatasetFigures = {
  readonly publisher_id: string;
  readonly access_level: string;
  readonly datasets: bigint;
  readonly products: bigint;
};

export const countDatasets = async (db: Db): Promise<DatasetFigures[]> =>
  (
    await sql<DatasetFigures>`
      select publisher_id, access_level, count(*) as datasets, count(data_product.dataset_id) as products
      from dataset left join data_product on data_product.dataset_id = dataset.id
      group by 1, 2 order by 1, 2`.execute(db)
  ).rows;

export type RequestFigures = {
  /** Null in the line of all publishers together. */
  readonly publisher_id: string | null;
  readonly requests: bigint;
  readonly waiting: bigint;
  readonly approved: bigint;
  readonly rejected: bigint;
  readonly withdrawn: bigint;
  /** Seconds from request to decision: interpolated percentiles; null before the first decision. */
  readonly median_seconds: number | null;
  readonly p90_seconds: number | null;
};

/** Requests that were made in the period, by publisher and in all. */
export const countRequests = async (db: Db, period: Period): Promise<RequestFigures[]> =>
  (
    await sql<RequestFigures>`
      select dataset.publisher_id, count(*) as requests,
        count(*) filter (where state in ('SUBMITTED', 'ASSESSED', 'AWAITING_SECOND_REVIEW')) as waiting,
        count(*) filter (where state = 'APPROVED') as approved,
        count(*) filter (where state = 'REJECTED') as rejected,
        count(*) filter (where state = 'WITHDRAWN') as withdrawn,
        percentile_cont(0.5) within group (order by extract(epoch from decided.at - requested_at)::float8)
          as median_seconds,
        percentile_cont(0.9) within group (order by extract(epoch from decided.at - requested_at)::float8)
          as p90_seconds
      from sharing_request as request
      join dataset on dataset.id = request.dataset_id
      left join lateral (
        select at from sharing_step where subject_id = request.id and machine = 'REQUEST'
          and to_state in ('APPROVED', 'REJECTED') limit 1
      ) as decided on true
      where ${within(inCity("requested_at"), period)}
      group by grouping sets ((dataset.publisher_id), ())
      order by dataset.publisher_id`.execute(db)
  ).rows;

export type GrantFigures = {
  readonly agency_id: string;
  readonly publisher_id: string;
  readonly active: bigint;
  readonly suspended: bigint;
  readonly revoked: bigint;
  readonly expired: bigint;
};

/** All grants by who has them and whose data they are for, as they are at a moment. */
export const countGrants = async (db: Db, now: Date): Promise<GrantFigures[]> =>
  (
    await sql<GrantFigures>`
      select agency_id, dataset.publisher_id,
        count(*) filter (where state = 'ACTIVE' and until_at > ${now}::timestamptz) as active,
        count(*) filter (where state = 'SUSPENDED' and until_at > ${now}::timestamptz) as suspended,
        count(*) filter (where state = 'REVOKED') as revoked,
        count(*) filter (where state <> 'REVOKED' and until_at <= ${now}::timestamptz) as expired
      from access_grant join dataset on dataset.id = access_grant.dataset_id
      group by 1, 2 order by 1, 2`.execute(db)
  ).rows;
