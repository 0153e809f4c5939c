/** Forms of services, each version kept: one SQL statement a function. */
import type { Kysely, Selectable } from "kysely";
import type { RequestFormTable, ServicesTables } from "./tables.ts";

export type RequestFormRow = Selectable<RequestFormTable>;

type Db = Kysely<ServicesTables>;

/** The newest form of each of the services that have one. */
export const findNewestForms = (db: Db, serviceIds: readonly string[]): Promise<RequestFormRow[]> =>
  db
    .selectFrom("request_form")
    .selectAll()
    .distinctOn("service_id")
    .where("service_id", "in", [...serviceIds])
    .orderBy("service_id")
    .orderBy("version", "desc")
    .execute();

/** All versions of the forms of these services: there are few. */
export const listForms = (db: Db, serviceIds: readonly string[]): Promise<RequestFormRow[]> =>
  db
    .selectFrom("request_form")
    .selectAll()
    .where("service_id", "in", [...serviceIds])
    .execute();
