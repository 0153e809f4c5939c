/**
 * Items: what a person owes or bought. A row is locked before it is paid; every other step of a
 * payment comes after that lock, so that concurrent payers of one item form a queue.
 */
import type { Kysely, Transaction } from "kysely";
import type { ChargeLineKind, Line } from "./charge-line.rules.ts";
import type { FineDiscount } from "./fine.rules.ts";
import type { ItemKind, LineColumns, Tables } from "./tables.ts";

export type LockedItem = NonNullable<Awaited<ReturnType<typeof lockItem>>>;

/** The person's own item of that kind, or undefined. Waits until nobody else is paying it. */
export const lockItem = (
  tx: Transaction<Tables>,
  wanted: { readonly itemId: string; readonly kind: ItemKind; readonly personId: string },
) =>
  tx
    .selectFrom("item")
    .select(["id", "kind", "person_id", "biller_id", "status", "amount", "currency"])
    .where("id", "=", wanted.itemId)
    .where("kind", "=", wanted.kind)
    .where("person_id", "=", wanted.personId)
    .forUpdate()
    .executeTakeFirst();

/** As `lockItem`, whoever it belongs to: for what follows a payment that is made already. */
export const lockItemById = (tx: Transaction<Tables>, itemId: string) =>
  tx
    .selectFrom("item")
    .select(["id", "kind", "person_id", "biller_id", "status", "amount", "currency"])
    .where("id", "=", itemId)
    .forUpdate()
    .executeTakeFirst();

/** Its money went back in full: it is due again; fuel is in the tank, and nobody has to pay it any more. */
export async function reopenItem(tx: Transaction<Tables>, itemId: string): Promise<void> {
  const { kind } = await tx
    .updateTable("item")
    .set({ status: "OPEN" })
    .where("id", "=", itemId)
    .returning("kind")
    .executeTakeFirstOrThrow();
  if (kind !== "FUEL_FILL") return;
  await tx.updateTable("item").set({ status: "VOID" }).where("id", "=", itemId).execute();
}

export async function markPaid(tx: Transaction<Tables>, itemId: string): Promise<void> {
  await tx.updateTable("item").set({ status: "PAID" }).where("id", "=", itemId).execute();
}

export const toLine = (row: LineColumns): Line => ({
  kind: row.kind as ChargeLineKind,
  description: { en: row.description_en, ar: row.description_ar },
  amount: row.amount,
});

export const toLineColumns = (line: Line, position: number): LineColumns => ({
  position,
  kind: line.kind,
  description_en: line.description.en,
  description_ar: line.description.ar,
  amount: line.amount,
});

export const linesOfItems = (db: Kysely<Tables>, itemIds: readonly string[]) =>
  db
    .selectFrom("item_line")
    .selectAll()
    .where("item_id", "in", [...itemIds])
    .orderBy("item_id")
    .orderBy("position")
    .execute();

/** Null for items that have none, and for those that are no fines. */
export async function discountOfItem(
  db: Kysely<Tables>,
  itemId: string,
): Promise<FineDiscount | null> {
  const row = await db
    .selectFrom("fine")
    .select(["discount_percent as percent", "discount_until as until"])
    .where("item_id", "=", itemId)
    .executeTakeFirst();
  return row && row.percent !== null && row.until !== null
    ? { percent: row.percent, until: row.until }
    : null;
}
