/** A refund that an operator orders: once per idempotency key, decided from facts read under the payment's lock. */
import type { Kysely } from "kysely";
import { doOnce } from "./idempotency.ts";
import { lockPayment } from "./payment.store.ts";
import { lockPosting } from "./posting.store.ts";
import { decideRefund, type RefundRefusal } from "./refund.rules.ts";
import { refundedSoFar } from "./refund.store.ts";
import { orderRefund } from "./refund.ts";
import type { SettleDeps } from "./settle.ts";
import type { Tables } from "./tables.ts";

export type RefundRequest = {
  readonly operatorId: string;
  readonly idempotencyKey: string;
  readonly paymentId: string;
  /** Minor units, above zero. */
  readonly amount: bigint;
  /** What was refundable when the operator looked. */
  readonly expectedRefundable: bigint;
  readonly reason: string;
};

export type RefundOutcome =
  | { readonly kind: "REFUND_ORDERED"; readonly refundId: string }
  | RefundRefusal;

/** @throws GraphQLError IDEMPOTENCY_KEY_REUSED for a key that was used with other input. */
export function refundOnce(
  db: Kysely<Tables>,
  request: RefundRequest,
  deps: SettleDeps,
): Promise<RefundOutcome> {
  const {
    operatorId,
    idempotencyKey: key,
    paymentId,
    amount,
    expectedRefundable,
    reason,
  } = request;
  const input = { paymentId, amount, expectedRefundable, reason };
  const once = { principalId: operatorId, operation: "refundPayment", key, input };
  return doOnce<RefundOutcome>(db, once, deps.now, async (tx) => {
    const payment = await lockPayment(tx, paymentId);
    if (!payment || payment.captured_amount === 0n) return { kind: "NOT_REFUNDABLE" };
    const { state: posting, biller_id: billerId } = await lockPosting(tx, paymentId);
    const { state, captured_amount: captured, currency } = payment;
    const refunded = await refundedSoFar(tx, paymentId);
    const facts = { state, posting, captured, refunded, currency, amount, expectedRefundable };
    const decision = decideRefund(facts);
    if (decision.kind !== "REFUND") return decision;
    const requestedBy = `operator:${operatorId}`;
    const order = { amount, cause: "OPERATOR", reason, requestedBy } as const;
    return {
      kind: "REFUND_ORDERED",
      refundId: await orderRefund(tx, payment, billerId, order, deps),
    };
  });
}
