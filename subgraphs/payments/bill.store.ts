/** Bills: one by id, and pages of them for persons and for billers. */
import { type InferResult, type Kysely, sql } from "kysely";
import { follows, forEachOwner, type Order, type TimePage } from "./paging.ts";
import type { ItemStatus, Tables } from "./tables.ts";

const selectBills = (db: Kysely<Tables>) =>
  db
    .selectFrom("item")
    .innerJoin("bill", "bill.item_id", "item.id")
    .innerJoin("payable", "payable.id", "item.payable_id")
    .leftJoin("instalment", "instalment.item_id", "item.id")
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
      "bill.account_number",
      "bill.due_at",
      "bill.most_instalments",
      "instalment.parent_id",
      "instalment.number",
      "instalment.count",
    ]);

export type BillRow = InferResult<ReturnType<typeof selectBills>>[number];

export const billsByIds = (db: Kysely<Tables>, ids: readonly string[]) =>
  selectBills(db)
    .where("item.id", "in", [...ids])
    .execute();

/** In their order. */
export const instalmentsOfBills = (db: Kysely<Tables>, billIds: readonly string[]) =>
  selectBills(db)
    .where("instalment.parent_id", "in", [...billIds])
    .orderBy("instalment.parent_id")
    .orderBy("instalment.number")
    .execute();

/** Soonest due first. */
export function openBillsOfPersons(
  db: Kysely<Tables>,
  personIds: readonly string[],
  page: TimePage,
) {
  const order: Order = { at: "bill.due_at", id: "item.id", direction: "asc" };
  const rows = selectBills(db)
    .where("item.person_id", "=", sql<string>`owner.id`)
    .where("item.kind", "=", "BILL")
    .where("item.status", "=", "OPEN")
    .$if(page.follows !== undefined, (query) => query.where(follows(order, page.follows!)))
    .orderBy("bill.due_at")
    .orderBy("item.id")
    .limit(page.limit + 1);
  return forEachOwner(db, personIds, rows, { at: "due_at", id: "id", direction: "asc" });
}

/** Newest first. */
export function billsOfBillers(
  db: Kysely<Tables>,
  billerIds: readonly string[],
  { page, status }: { readonly page: TimePage; readonly status: ItemStatus | undefined },
) {
  const order: Order = { at: "item.issued_at", id: "item.id", direction: "desc" };
  const rows = selectBills(db)
    .where("item.biller_id", "=", sql<string>`owner.id`)
    .where("item.kind", "=", "BILL")
    .$if(status !== undefined, (query) => query.where("item.status", "=", status!))
    .$if(page.follows !== undefined, (query) => query.where(follows(order, page.follows!)))
    .orderBy("item.issued_at", "desc")
    .orderBy("item.id", "desc")
    .limit(page.limit + 1);
  return forEachOwner(db, billerIds, rows, { at: "issued_at", id: "id", direction: "desc" });
}

export type Count = { readonly owner_id: string; readonly total: bigint };

/** Owners without any are left out. */
export const countItems = (
  db: Kysely<Tables>,
  by: "person_id" | "biller_id",
  owners: readonly string[],
  {
    kind,
    status,
  }: { readonly kind: "BILL" | "FINE" | "SERVICE_FEE"; readonly status: ItemStatus | undefined },
): Promise<Count[]> =>
  db
    .selectFrom("item")
    .select((eb) => [eb.ref(by).as("owner_id"), eb.fn.countAll<bigint>().as("total")])
    .where(by, "in", [...owners])
    .where("kind", "=", kind)
    .$if(status !== undefined, (query) => query.where("status", "=", status!))
    .groupBy(by)
    .execute();
