/** Who has used a person's data, in the database; one SQL statement a function. */
import { type Kysely, type Selectable, sql } from "kysely";
import type { PersonCount } from "./consent.store.ts";
import type { DataAccessTable, DataSharingTables } from "./tables.ts";
import { isBehind, type TimePage } from "./time-page.ts";

type Db = Kysely<DataSharingTables>;

export type DataAccessRow = Selectable<DataAccessTable>;

/** The same page of the accesses to each person's data, the newest first. */
export const listAccessesOfPeople = (
  db: Db,
  personIds: readonly string[],
  page: TimePage,
): Promise<DataAccessRow[]> =>
  db
    .selectFrom(
      db
        .selectFrom("data_access")
        .selectAll()
        .select(
          sql<bigint>`row_number() over (partition by person_id order by at desc, id desc)`.as(
            "place_in_list",
          ),
        )
        .where("person_id", "in", [...personIds])
        .where(isBehind("at", "id", page))
        .as("listed"),
    )
    .selectAll()
    .where("place_in_list", "<=", BigInt(page.limit + 1))
    .orderBy("person_id")
    .orderBy("place_in_list")
    .execute();

export const countAccessesOfPeople = (
  db: Db,
  personIds: readonly string[],
): Promise<PersonCount[]> =>
  db
    .selectFrom("data_access")
    .select(["person_id", db.fn.countAll<bigint>().as("total")])
    .where("person_id", "in", [...personIds])
    .groupBy("person_id")
    .execute();
