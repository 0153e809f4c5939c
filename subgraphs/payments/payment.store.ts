/** Payments: recording one, moving it along its states, and reading them by id and by person. */
import { type InferResult, type Insertable, type Kysely, sql, type Transaction } from "kysely";
import type { Count } from "./bill.store.ts";
import { follows, forEachOwner, type Order, type TimePage } from "./paging.ts";
import { nextState, type PaymentEvent, type PaymentState } from "./payment-state.rules.ts";
import type { PaymentTable, Tables } from "./tables.ts";

const selectPayments = (db: Kysely<Tables>) =>
  db
    .selectFrom("payment")
    .leftJoin("item", "item.id", "payment.item_id")
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
      "payment.created_at",
      "payment.expires_at",
      "payment.captured_amount",
      "payment.refunded_amount",
      "payment.page_url",
      "payment.failure",
      "payment.card_brand",
      "payment.card_last4",
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
  const order: Order = { at: "payment.created_at", id: "payment.id", direction: "desc" };
  const rows = selectPayments(db)
    .where("payment.person_id", "=", sql<string>`owner.id`)
    .$if(page.follows !== undefined, (query) => query.where(follows(order, page.follows!)))
    .orderBy("payment.created_at", "desc")
    .orderBy("payment.id", "desc")
    .limit(page.limit + 1);
  return forEachOwner(db, personIds, rows, { at: "created_at", id: "id", direction: "desc" });
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

/** The payment that holds an item, finished or under way; undefined when none does. */
export const paymentOfItem = (tx: Transaction<Tables>, itemId: string) =>
  tx
    .selectFrom("payment")
    .select(["id", "state"])
    .where("item_id", "=", itemId)
    .where("state", "in", [
      "CREATED",
      "ACTION_REQUIRED",
      "AUTHORISED",
      "UNKNOWN",
      "CAPTURED",
      "PARTLY_REFUNDED",
    ])
    .executeTakeFirst();

export async function insertPayment(
  tx: Transaction<Tables>,
  row: Insertable<PaymentTable>,
): Promise<void> {
  await tx.insertInto("payment").values(row).execute();
}

export type LockedPayment = NonNullable<Awaited<ReturnType<typeof lockPayment>>>;

/** Locked until the transaction ends: whoever moves a payment starts here. */
export const lockPayment = (tx: Transaction<Tables>, id: string) =>
  tx.selectFrom("payment").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();

export type Transition = {
  readonly paymentId: string;
  readonly from: PaymentState;
  /** Transitions so far. */
  readonly version: number;
  readonly event: PaymentEvent;
  /** Who caused it: `person:…`, `operator:…`, `provider`, `biller:…` or `clock`. */
  readonly actor: string;
  readonly at: Date;
  /** Minor units that were authorised, captured or refunded by it. */
  readonly amount?: bigint;
  /** The capture's transaction in the ledger. */
  readonly transactionId?: string;
};

/** Moves a payment along one edge; the database checks it again. @returns the new state. */
export async function addTransition(
  tx: Transaction<Tables>,
  { paymentId, from, version, event, actor, at, amount, transactionId }: Transition,
): Promise<{ readonly state: PaymentState; readonly version: number }> {
  const state = nextState(from, event);
  await tx
    .insertInto("payment_transition")
    .values({
      payment_id: paymentId,
      seq: version + 1,
      from_state: from,
      event,
      to_state: state,
      amount: amount ?? null,
      actor,
      at,
      transaction_id: transactionId ?? null,
    })
    .execute();
  return { state, version: version + 1 };
}
