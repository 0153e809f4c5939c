/**
 * The services that people use most, by the counted days: a day's uses weigh half after each seven
 * days. The order is the same from whatever day one looks back, so the latest counted day is taken.
 * After a year a use weighs less than 2^-52 and is left out: PostgreSQL refuses powers that underflow.
 */
import { type Kysely, sql, type SqlBool } from "kysely";
import type { ServicesTables, ServiceTable } from "./tables.ts";

const halfLifeDays = 7;
const daysThatCount = 365;

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
          .innerJoin(
            (inner) =>
              inner
                .selectFrom("service_use")
                .select(sql`max(day)`.as("day"))
                .as("latest"),
            (join) => join.on(sql<SqlBool>`service_use.day > latest.day - ${daysThatCount}::int`),
          )
          .select("service_use.service_id")
          .select(
            sql<number>`sum(uses * power(0.5::float8, (latest.day - service_use.day) / ${halfLifeDays}::float8))`.as(
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
