/** Categories in the database: one SQL statement a function. */
import type { Kysely } from "kysely";
import type { CategoryTable, ServicesTables } from "./tables.ts";

type Db = Kysely<ServicesTables>;

/** All of them, in the order in which people see them. */
export const listCategories = (db: Db): Promise<CategoryTable[]> =>
  db.selectFrom("category").selectAll().orderBy("position").execute();

export const findCategories = (db: Db, ids: readonly string[]): Promise<CategoryTable[]> =>
  db
    .selectFrom("category")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();
