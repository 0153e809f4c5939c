/** What is due for an item at a moment: its own lines, and the discount of a fine. */
import type { Transaction } from "kysely";
import type { Line } from "./charge-line.rules.ts";
import { discountLines } from "./fine.rules.ts";
import { discountOfItem, linesOfItems, type LockedItem, toLine } from "./item.store.ts";
import type { Tables } from "./tables.ts";

export async function dueLines(
  tx: Transaction<Tables>,
  item: Pick<LockedItem, "id" | "kind" | "amount">,
  at: Date,
): Promise<readonly Line[]> {
  const own = (await linesOfItems(tx, [item.id])).map(toLine);
  const discount = item.kind === "FINE" ? await discountOfItem(tx, item.id) : null;
  return [...own, ...discountLines(item.amount, discount, at)];
}
