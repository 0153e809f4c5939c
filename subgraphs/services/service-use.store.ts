/**
 * The services that people use most, by the counted days: a day's uses weigh half after each seven
 * days. The order is the same from whatever day one looks back, so the latest counted day is taken.
 * After a year a use weighs 2^-52, and no less later: PostgreSQL refuses powers that underflow.
 */
import { type Kysely, sql } from "kysely";
import type { ServicesTables, ServiceTable } from "./tables.ts";

const halfLifeDays = 7;
const daysThatFade = 365;

/** Weighed uses of a service on a day of the city. */
export type Uses = {
  readonly serviceId: string;
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly uses: number;
};

/** A day counts no further than this: more is no measure of use. */
const mostUses = 2_000_000_000;

/** Adds to what is counted, by one statement; services that are not there are left out. */
export async function addUses(db: Kysely<ServicesTables>, uses: readonly Uses[]): Promise<void> {
  if (uses.length === 0) return;
  const given = JSON.stringify(uses);
  // In the order of their keys, so that two who add at once wait for each other and never in a circle.
  await sql`
    insert into service_use as counted (service_id, day, uses)
    select given."serviceId", given.day, least(sum(given.uses), ${mostUses}::bigint)::integer
    from jsonb_to_recordset(${given}::jsonb) as given ("serviceId" text, day date, uses bigint)
    join service on service.id = given."serviceId"
    group by 1, 2 order by 1, 2
    on conflict (service_id, day) do update
      set uses = least(counted.uses::bigint + excluded.uses, ${mostUses}::bigint)::integer
  `.execute(db);
}

/** Only services that can be used now, most used first. */
export const listMostUsedServices = (
  db: Kysely<ServicesTables>,
  limit: number,
): Promise<ServiceTable[]> =>
  db
    .selectFrom("service")
    .innerJoin(
      (from) =>
        from
          .selectFrom("service_use")
          .crossJoin((inner) =>
            inner
              .selectFrom("service_use")
              .select(sql`max(day)`.as("day"))
              .as("latest"),
          )
          .select("service_use.service_id")
          .select(
            sql<number>`sum(uses * power(0.5::float8,
              least(latest.day - service_use.day, ${daysThatFade}::int) / ${halfLifeDays}::float8))`.as(
              "weight",
            ),
          )
          .groupBy("service_use.service_id")
          .as("use"),
      (join) => join.onRef("use.service_id", "=", "service.id"),
    )
    .selectAll("service")
    .where("service.status", "=", "ACTIVE")
    .orderBy("use.weight", "desc")
    .orderBy("service.id")
    .limit(limit)
    .execute();
