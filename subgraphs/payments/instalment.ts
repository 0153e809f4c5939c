/**
 * Agreeing to pay a bill in instalments: once per idempotency key, under the bill's lock, so that it is
 * either paid or split. Each part is a bill of its own that is paid like any other.
 */
import type { Kysely, Transaction } from "kysely";
import { isRecordId } from "./access.rules.ts";
import { totalOf } from "./charge-line.rules.ts";
import { doOnce } from "./idempotency.ts";
import { monthsLater, splitAmount } from "./instalment.rules.ts";
import { addItem, type NewBill } from "./intake.store.ts";
import { linesOfItems, lockItem, type LockedItem, toLine } from "./item.store.ts";
import { type Refusal, sharesOf } from "./payment.rules.ts";
import { paymentOfItem } from "./payment.store.ts";
import { isSettled } from "./payment-state.rules.ts";
import type { SettleDeps } from "./settle.ts";
import type { Tables } from "./tables.ts";

export type SplitRequest = {
  readonly personId: string;
  readonly billId: string;
  readonly parts: number;
  /** Minor units that the person saw and agreed to. */
  readonly expectedAmount: bigint;
  readonly idempotencyKey: string;
};

export type SplitOutcome =
  | { readonly kind: "SPLIT"; readonly billId: string }
  | { readonly kind: "ALREADY_PAID" | "PAYMENT_UNDER_WAY"; readonly paymentId: string }
  | Extract<Refusal, { kind: "AMOUNT_CHANGED" | "NOT_PAYABLE" }>;

async function addParts(
  tx: Transaction<Tables>,
  item: LockedItem,
  parts: number,
  { newId }: SettleDeps,
): Promise<void> {
  const parent = await tx
    .selectFrom("item")
    .innerJoin("bill", "bill.item_id", "item.id")
    .selectAll()
    .where("item.id", "=", item.id)
    .executeTakeFirstOrThrow();
  await tx
    .updateTable("item")
    .set({ status: "IN_INSTALMENTS" })
    .where("id", "=", item.id)
    .execute();
  for (const [index, amount] of splitAmount(item.amount, parts).entries()) {
    const number = index + 1;
    const description = {
      en: `Instalment ${number} of ${parts}`,
      ar: `القسط ${number} من ${parts}`,
    };
    const part: NewBill = {
      id: newId("bill"),
      kind: "BILL",
      personId: item.person_id,
      payableId: parent.payable_id,
      billerId: item.biller_id,
      issuedAt: parent.issued_at,
      currency: item.currency,
      sample: parent.sample,
      accountNumber: parent.account_number,
      dueAt: monthsLater(parent.due_at, index),
      lines: [{ kind: "CHARGE", description, amount }],
    };
    await addItem(tx, part);
    const row = { item_id: part.id, parent_id: item.id, number, count: parts };
    await tx.insertInto("instalment").values(row).execute();
  }
}

async function split(
  tx: Transaction<Tables>,
  { personId, billId, parts, expectedAmount }: SplitRequest,
  deps: SettleDeps,
): Promise<SplitOutcome> {
  const wanted = { itemId: billId, kind: "BILL", personId } as const;
  const item = isRecordId(billId) ? await lockItem(tx, wanted) : undefined;
  if (!item) return { kind: "NOT_PAYABLE", reason: "UNKNOWN" };
  const { status, amount, currency, biller_id: billerId } = item;
  const other = await paymentOfItem(tx, billId);
  if (other) {
    const kind = isSettled(other.state) ? "ALREADY_PAID" : "PAYMENT_UNDER_WAY";
    return { kind, paymentId: other.id };
  }
  if (status === "VOID" || status === "IN_INSTALMENTS")
    return { kind: "NOT_PAYABLE", reason: status };
  if (amount !== expectedAmount) return { kind: "AMOUNT_CHANGED", currentAmount: amount, currency };
  const { most_instalments: most } = await tx
    .selectFrom("bill")
    .select("most_instalments")
    .where("item_id", "=", billId)
    .executeTakeFirstOrThrow();
  const lines = (await linesOfItems(tx, [billId])).map(toLine);
  // A biller's own system knows the whole bill only; parts have one beneficiary only.
  const isDivisible =
    !deps.hasSystem(billerId) && sharesOf(lines, { billerId, currency }).length === 1;
  if (parts > most || !isDivisible || totalOf(lines) < BigInt(parts)) {
    return { kind: "NOT_PAYABLE", reason: "NO_INSTALMENTS" };
  }
  await addParts(tx, item, parts, deps);
  return { kind: "SPLIT", billId };
}

/** @throws GraphQLError IDEMPOTENCY_KEY_REUSED for a key that was used with other input. */
export function splitBillOnce(
  db: Kysely<Tables>,
  request: SplitRequest,
  deps: SettleDeps,
): Promise<SplitOutcome> {
  const { personId: principalId, idempotencyKey: key, billId, parts, expectedAmount } = request;
  const input = { billId, parts: `${parts}`, expectedAmount };
  const once = { principalId, operation: "splitBill", key, input };
  return doOnce<SplitOutcome>(db, once, deps.now, (tx) => split(tx, request, deps));
}
