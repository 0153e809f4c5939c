/** Fines: one by id, and pages of a person's, newest violation first. */
import { type InferResult, type Kysely, sql } from "kysely";
import { follows, forEachOwner, type Order, type TimePage } from "./paging.ts";
import type { ItemStatus, Tables } from "./tables.ts";

const selectFines = (db: Kysely<Tables>) =>
  db
    .selectFrom("item")
    .innerJoin("fine", "fine.item_id", "item.id")
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
      "payable.discountable",
      "fine.violation_en",
      "fine.violation_ar",
      "fine.plate",
      "fine.occurred_at",
      "fine.discount_percent",
      "fine.discount_until",
      "fine.black_points",
    ]);

export type FineRow = InferResult<ReturnType<typeof selectFines>>[number];

export const finesByIds = (db: Kysely<Tables>, ids: readonly string[]) =>
  selectFines(db)
    .where("item.id", "in", [...ids])
    .execute();

export function finesOfPersons(
  db: Kysely<Tables>,
  personIds: readonly string[],
  { page, status }: { readonly page: TimePage; readonly status: ItemStatus | undefined },
) {
  const order: Order = { at: "fine.occurred_at", id: "item.id", direction: "desc" };
  const rows = selectFines(db)
    .where("item.person_id", "=", sql<string>`owner.id`)
    .where("item.kind", "=", "FINE")
    .$if(status !== undefined, (query) => query.where("item.status", "=", status!))
    .$if(page.follows !== undefined, (query) => query.where(follows(order, page.follows!)))
    .orderBy("fine.occurred_at", "desc")
    .orderBy("item.id", "desc")
    .limit(page.limit + 1);
  return forEachOwner(db, personIds, rows, { at: "occurred_at", id: "id", direction: "desc" });
}
