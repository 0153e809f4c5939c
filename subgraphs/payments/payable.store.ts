/** What can be paid through the graph: by id, and by the services that offer it. */
import type { Kysely, Selectable } from "kysely";
import type { PayableTable, Tables } from "./tables.ts";

export type PayableRow = Selectable<PayableTable>;

export const payablesByIds = (db: Kysely<Tables>, ids: readonly string[]) =>
  db
    .selectFrom("payable")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();

export const payablesOfServices = (db: Kysely<Tables>, serviceIds: readonly string[]) =>
  db
    .selectFrom("payable")
    .selectAll()
    .where("service_id", "in", [...serviceIds])
    .orderBy("service_id")
    .orderBy("id")
    .execute();
