/** Refunds: how much can go back, whose share it comes from, and why one is refused. Pure. */
import type { Posting } from "./payment.rules.ts";
import type { PaymentState, PostingState } from "./payment-state.rules.ts";

export type RefundRefusal =
  | { readonly kind: "NOT_REFUNDABLE" }
  /** The biller has not answered yet: afterwards it is refunded by itself, or can be refunded. */
  | { readonly kind: "NOT_POSTED_YET" }
  | { readonly kind: "REFUNDABLE_CHANGED"; readonly refundable: bigint; readonly currency: string };

export type RefundFacts = {
  readonly state: PaymentState;
  readonly posting: PostingState;
  readonly captured: bigint;
  /** Refunds under way included. */
  readonly refunded: bigint;
  readonly currency: string;
  readonly amount: bigint;
  /** What the operator saw as refundable: a repeat or somebody else's refund changes it. */
  readonly expectedRefundable: bigint;
};

export function decideRefund(facts: RefundFacts): { readonly kind: "REFUND" } | RefundRefusal {
  const { state, posting, captured, refunded, amount, expectedRefundable, currency } = facts;
  if (state !== "CAPTURED" && state !== "PARTLY_REFUNDED") return { kind: "NOT_REFUNDABLE" };
  if (posting === "PENDING" || posting === "UNKNOWN") return { kind: "NOT_POSTED_YET" };
  if (posting === "REJECTED") return { kind: "NOT_REFUNDABLE" };
  const refundable = captured - refunded;
  if (refundable === 0n) return { kind: "NOT_REFUNDABLE" };
  if (expectedRefundable !== refundable || amount > refundable) {
    return { kind: "REFUNDABLE_CHANGED", refundable, currency };
  }
  return { kind: "REFUND" };
}

/**
 * Takes an amount from what is left of the shares, in their order: the biller's first.
 * @throws RangeError when less is left than the amount.
 */
export function takeFromShares(left: readonly Posting[], amount: bigint): readonly Posting[] {
  let missing = amount;
  const taken = left.flatMap(({ accountId, amount: share }) => {
    const part = share < missing ? share : missing;
    if (part <= 0n) return [];
    missing -= part;
    return [{ accountId, amount: part }];
  });
  if (missing > 0n)
    throw new RangeError(`Only ${amount - missing} of ${amount} is left to refund.`);
  return taken;
}
