/**
 * Asks a biller's own system what is due for a bill, right before it is paid. What it tells replaces our
 * copy of an open bill, and the payment then compares it with what the person saw (payment.rules.ts).
 */
import { GraphQLError } from "graphql";
import type { Kysely, Transaction } from "kysely";
import { isRecordId } from "./access.rules.ts";
import type { BillerSystems } from "./biller-system.ts";
import { type Line, totalOf } from "./charge-line.rules.ts";
import { lockItemById, toLineColumns } from "./item.store.ts";
import { voidItem } from "./intake.store.ts";
import { paymentOfItem } from "./payment.store.ts";
import type { Tables } from "./tables.ts";

const unreachable = (billerId: string): GraphQLError =>
  new GraphQLError(
    `${billerId} cannot be asked at the moment what is due, so nothing was paid. Try again later with the same key.`,
    { extensions: { code: "BILLER_UNAVAILABLE" } },
  );

async function replaceLines(
  tx: Transaction<Tables>,
  itemId: string,
  lines: readonly Line[],
): Promise<void> {
  await tx.deleteFrom("item_line").where("item_id", "=", itemId).execute();
  const rows = lines.map((line, index) => ({ item_id: itemId, ...toLineColumns(line, index) }));
  await tx.insertInto("item_line").values(rows).execute();
  const amount = totalOf(lines);
  await tx.updateTable("item").set({ amount }).where("id", "=", itemId).execute();
}

/** @throws GraphQLError BILLER_UNAVAILABLE when the biller's system does not answer. */
export async function refreshBill(
  db: Kysely<Tables>,
  billers: BillerSystems,
  itemId: string,
): Promise<void> {
  if (billers.size === 0 || !isRecordId(itemId)) return;
  const bill = await db
    .selectFrom("item")
    .select(["biller_id", "status"])
    .where("id", "=", itemId)
    .where("kind", "=", "BILL")
    .executeTakeFirst();
  const system = bill?.status === "OPEN" ? billers.get(bill.biller_id) : undefined;
  if (!bill || !system) return;
  const told = await system.present(itemId);
  if (told.kind === "UNREACHABLE") throw unreachable(bill.biller_id);
  await db.transaction().execute(async (tx) => {
    const item = await lockItemById(tx, itemId);
    if (item?.status !== "OPEN" || (await paymentOfItem(tx, itemId))) return;
    if (told.kind === "NOT_DUE" || totalOf(told.lines) <= 0n) return voidItem(tx, itemId);
    if (totalOf(told.lines) !== item.amount) await replaceLines(tx, itemId, told.lines);
  });
}
