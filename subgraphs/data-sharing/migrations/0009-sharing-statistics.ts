/**
 * What was accessed, summed by month, agency and publisher as each entry of the log is written: in the
 * same transaction, by the database itself, so that figures never need a scan of the log.
 */
import { type Kysely, sql } from "kysely";

/** Months are the city's; refused requests and signatures are in the log too, but are no accesses. */
const summed = (entries: string): string => `
  select date_trunc('month', entry.at at time zone 'Asia/Dubai')::date,
    coalesce(entry.agency_id, ''), coalesce(dataset.publisher_id, ''),
    count(*) filter (where entry.outcome = 'GRANTED'),
    count(*) filter (where entry.outcome = 'REFUSED'),
    sum(entry.row_count)
  from ${entries} as entry left join dataset on dataset.id = entry.dataset_id
  where entry.operation in ('ROWS', 'COUNTS', 'PRIVATE_AGGREGATE')
  group by 1, 2, 3`;

const statements = [
  `create table access_sum (
    month date not null check (extract(day from month) = 1),
    agency_id text collate "C" not null,
    publisher_id text collate "C" not null,
    granted bigint not null check (granted >= 0),
    refused bigint not null check (refused >= 0),
    rows_given bigint not null check (rows_given >= 0),
    primary key (month, agency_id, publisher_id)
  )`,
  `insert into access_sum ${summed("access_log_entry")}`,
  `create function sum_accesses() returns trigger language plpgsql as $$
    begin
      insert into access_sum ${summed("inserted")}
      on conflict (month, agency_id, publisher_id) do update set
        granted = access_sum.granted + excluded.granted,
        refused = access_sum.refused + excluded.refused,
        rows_given = access_sum.rows_given + excluded.rows_given;
      return null;
    end $$`,
  `create trigger access_log_entry_is_summed after insert on access_log_entry
    referencing new table as inserted for each statement execute function sum_accesses()`,
  `create index sharing_step_decided on sharing_step (subject_id, at)
    where machine = 'REQUEST' and to_state in ('APPROVED', 'REJECTED')`,
];

export const sharingStatistics = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
