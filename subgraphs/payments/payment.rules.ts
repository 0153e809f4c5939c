/**
 * What happens when a person asks to pay an item, decided from facts that were read under lock, and
 * where the money goes. Pure: pay.ts reads the facts and records the decision.
 */
import type { Line } from "./charge-line.rules.ts";
import { totalOf } from "./charge-line.rules.ts";
import type { AccountKind, ItemStatus } from "./tables.ts";

export type NotPayableReason = "UNKNOWN" | "VOID" | "NOTHING_DUE";

/** How a request to pay ended; kept with its idempotency key and answered again on a repeat. */
export type Outcome =
  | { readonly kind: "PAYMENT_MADE"; readonly paymentId: string }
  | { readonly kind: "ALREADY_PAID"; readonly paymentId: string }
  | { readonly kind: "AMOUNT_CHANGED"; readonly currentAmount: bigint; readonly currency: string }
  | {
      readonly kind: "INSUFFICIENT_BALANCE";
      readonly balance: bigint;
      readonly missing: bigint;
      readonly currency: string;
    }
  | { readonly kind: "NOT_PAYABLE"; readonly reason: NotPayableReason };

export type Refusal = Exclude<Outcome, { kind: "PAYMENT_MADE" | "ALREADY_PAID" }>;

export type PayFacts = {
  readonly status: Exclude<ItemStatus, "PAID">;
  /** What is due now, discount included. */
  readonly lines: readonly Line[];
  readonly currency: string;
  /** What the person saw and agreed to. */
  readonly expectedAmount: bigint;
  readonly balance: bigint;
};

/** The amount to take, or why nothing is taken. The order of the checks is the order of what a person must mend. */
export function decide(
  facts: PayFacts,
): { readonly kind: "PAY"; readonly amount: bigint } | Refusal {
  const { status, lines, currency, expectedAmount, balance } = facts;
  if (status === "VOID") return { kind: "NOT_PAYABLE", reason: "VOID" };
  const due = totalOf(lines);
  if (due <= 0n) return { kind: "NOT_PAYABLE", reason: "NOTHING_DUE" };
  if (due !== expectedAmount) return { kind: "AMOUNT_CHANGED", currentAmount: due, currency };
  if (balance < due) {
    return { kind: "INSUFFICIENT_BALANCE", balance, missing: due - balance, currency };
  }
  return { kind: "PAY", amount: due };
}

export const accountId = (kind: AccountKind, currency: string, ownerId?: string): string =>
  [kind.toLowerCase().replaceAll("_", "-"), ownerId, currency].filter(Boolean).join(":");

export type Posting = { readonly accountId: string; readonly amount: bigint };

/**
 * A payment's entries: the wallet loses the total, each beneficiary gains its share. Knowledge and
 * Innovation Dirham go to accounts of their own, everything else to the biller. They sum to zero.
 */
export function paymentPostings(
  lines: readonly Line[],
  parties: { readonly personId: string; readonly billerId: string; readonly currency: string },
): readonly Posting[] {
  const { personId, billerId, currency } = parties;
  const beneficiary = ({ kind }: Line): string =>
    kind === "KNOWLEDGE_DIRHAM" || kind === "INNOVATION_DIRHAM"
      ? accountId(kind, currency)
      : accountId("BILLER", currency, billerId);
  const shares = [...Map.groupBy(lines, beneficiary)].map(([account, share]) => ({
    accountId: account,
    amount: totalOf(share),
  }));
  const wallet = accountId("WALLET", currency, personId);
  const postings = [{ accountId: wallet, amount: -totalOf(lines) }, ...shares];
  return postings.filter(({ amount }) => amount !== 0n);
}

/** "DEWA" and 42 → "DEWA-00000042". */
export const receiptNumber = (prefix: string, number: bigint): string =>
  `${prefix}-${number.toString().padStart(8, "0")}`;
