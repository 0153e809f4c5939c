/** Payments and their receipts: recording one, and reading them by id and by person. */
import { type InferResult, type Kysely, sql, type Transaction } from "kysely";
import type { Count } from "./bill.store.ts";
import { follows, forEachOwner, type Order, type TimePage } from "./paging.ts";
import type { PaymentTable, Tables } from "./tables.ts";

const selectPayments = (db: Kysely<Tables>) =>
  db
    .selectFrom("payment")
    .innerJoin("item", "item.id", "payment.item_id")
    .select([
      "payment.id",
      "payment.person_id",
      "payment.item_id",
      "item.kind as item_kind",
      "payment.amount",
      "payment.currency",
      "payment.state",
      "payment.method",
      "payment.channel",
      "payment.paid_at",
    ]);

export type PaymentRow = InferResult<ReturnType<typeof selectPayments>>[number];

export const paymentsByIds = (db: Kysely<Tables>, ids: readonly string[]) =>
  selectPayments(db)
    .where("payment.id", "in", [...ids])
    .execute();

/** Newest first. */
export function paymentsOfPersons(
  db: Kysely<Tables>,
  personIds: readonly string[],
  page: TimePage,
) {
  const order: Order = { at: "payment.paid_at", id: "payment.id", direction: "desc" };
  const rows = selectPayments(db)
    .where("payment.person_id", "=", sql<string>`owner.id`)
    .$if(page.follows !== undefined, (query) => query.where(follows(order, page.follows!)))
    .orderBy("payment.paid_at", "desc")
    .orderBy("payment.id", "desc")
    .limit(page.limit + 1);
  return forEachOwner(db, personIds, rows, { at: "paid_at", id: "id", direction: "desc" });
}

/** Persons without any are left out. */
export const countPaymentsOfPersons = (
  db: Kysely<Tables>,
  personIds: readonly string[],
): Promise<Count[]> =>
  db
    .selectFrom("payment")
    .select((eb) => ["person_id as owner_id", eb.fn.countAll<bigint>().as("total")])
    .where("person_id", "in", [...personIds])
    .groupBy("person_id")
    .execute();

/** The payment that settled an item. @throws when there is none. */
export async function paymentIdOfItem(tx: Transaction<Tables>, itemId: string): Promise<string> {
  const { id } = await tx
    .selectFrom("payment")
    .select("id")
    .where("item_id", "=", itemId)
    .where("state", "=", "CAPTURED")
    .executeTakeFirstOrThrow();
  return id;
}

export async function insertPayment(tx: Transaction<Tables>, row: PaymentTable): Promise<void> {
  await tx.insertInto("payment").values(row).execute();
}
