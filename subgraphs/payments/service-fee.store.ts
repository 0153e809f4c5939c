/** Fees of services by id, and pages of a person's, the newest first. */
import { type InferResult, type Kysely, sql } from "kysely";
import { follows, forEachOwner, type Order, type TimePage } from "./paging.ts";
import type { ItemStatus, Tables } from "./tables.ts";

const selectServiceFees = (db: Kysely<Tables>) =>
  db
    .selectFrom("item")
    .innerJoin("service_fee", "service_fee.item_id", "item.id")
    .innerJoin("payable", "payable.id", "item.payable_id")
    .select([
      "item.id",
      "item.person_id",
      "item.payable_id",
      "item.biller_id",
      "item.status",
      "item.issued_at",
      "item.amount",
      "item.currency",
      "item.sample",
      "payable.service_id",
      "service_fee.title_en",
      "service_fee.title_ar",
    ]);

export type ServiceFeeRow = InferResult<ReturnType<typeof selectServiceFees>>[number];

export const serviceFeesByIds = (db: Kysely<Tables>, ids: readonly string[]) =>
  selectServiceFees(db)
    .where("item.id", "in", [...ids])
    .execute();

export function serviceFeesOfPersons(
  db: Kysely<Tables>,
  personIds: readonly string[],
  { page, status }: { readonly page: TimePage; readonly status: ItemStatus | undefined },
) {
  const order: Order = { at: "item.issued_at", id: "item.id", direction: "desc" };
  const rows = selectServiceFees(db)
    .where("item.person_id", "=", sql<string>`owner.id`)
    .where("item.kind", "=", "SERVICE_FEE")
    .$if(status !== undefined, (query) => query.where("item.status", "=", status!))
    .$if(page.follows !== undefined, (query) => query.where(follows(order, page.follows!)))
    .orderBy("item.issued_at", "desc")
    .orderBy("item.id", "desc")
    .limit(page.limit + 1);
  return forEachOwner(db, personIds, rows, { at: "issued_at", id: "id", direction: "desc" });
}
