/**
 * What happens when a person asks to pay an item, decided from facts that were read under lock, and
 * where the money goes. Pure: pay.ts reads the facts and records the decision.
 */
import type { Line } from "./charge-line.rules.ts";
import { totalOf } from "./charge-line.rules.ts";
import type { AccountKind, ItemStatus } from "./tables.ts";

export type NotPayableReason =
  | "UNKNOWN"
  | "VOID"
  | "NOTHING_DUE"
  | "IN_INSTALMENTS"
  | "NO_INSTALMENTS";

/** How a request to pay ended; kept with its idempotency key and answered again on a repeat. */
export type Outcome =
  | { readonly kind: "PAYMENT_MADE"; readonly paymentId: string }
  /** By card: begun, and to be followed until it ends. */
  | { readonly kind: "PAYMENT_STARTED"; readonly paymentId: string }
  | { readonly kind: "PAYMENT_UNDER_WAY"; readonly paymentId: string }
  | { readonly kind: "ALREADY_PAID"; readonly paymentId: string }
  | { readonly kind: "AMOUNT_CHANGED"; readonly currentAmount: bigint; readonly currency: string }
  | {
      readonly kind: "INSUFFICIENT_BALANCE";
      readonly balance: bigint;
      readonly missing: bigint;
      readonly currency: string;
    }
  | { readonly kind: "NOT_PAYABLE"; readonly reason: NotPayableReason };

export type Refusal = Exclude<Outcome, { readonly paymentId: string }>;

export type PayFacts = {
  readonly status: Exclude<ItemStatus, "PAID">;
  /** What is due now, discount included. */
  readonly lines: readonly Line[];
  readonly currency: string;
  /** What the person saw and agreed to. */
  readonly expectedAmount: bigint;
  /** Of the wallet; null when it is not paid from there. */
  readonly balance: bigint | null;
};

/** The amount to take, or why nothing is taken. The order of the checks is the order of what a person must mend. */
export function decide(
  facts: PayFacts,
): { readonly kind: "PAY"; readonly amount: bigint } | Refusal {
  const { status, lines, currency, expectedAmount, balance } = facts;
  if (status !== "OPEN") return { kind: "NOT_PAYABLE", reason: status };
  const due = totalOf(lines);
  if (due <= 0n) return { kind: "NOT_PAYABLE", reason: "NOTHING_DUE" };
  if (due !== expectedAmount) return { kind: "AMOUNT_CHANGED", currentAmount: due, currency };
  if (balance !== null && balance < due) {
    return { kind: "INSUFFICIENT_BALANCE", balance, missing: due - balance, currency };
  }
  return { kind: "PAY", amount: due };
}

export const accountId = (kind: AccountKind, currency: string, ownerId?: string): string =>
  [kind.toLowerCase().replaceAll("_", "-"), ownerId, currency].filter(Boolean).join(":");

export type Posting = { readonly accountId: string; readonly amount: bigint };

/** Where a payment's money comes from: the payer's wallet, a hold of it, or the provider of cards. */
export type Source =
  | { readonly kind: "WALLET"; readonly personId: string }
  /** What of the payer's wallet was held before; the rest goes back. */
  | { readonly kind: "HOLD"; readonly personId: string; readonly held: bigint }
  | { readonly kind: "CARD" };

export function sourceAccount(source: Source, currency: string): string {
  switch (source.kind) {
    case "WALLET":
      return accountId("WALLET", currency, source.personId);
    case "HOLD":
      return accountId("HOLDS", currency);
    case "CARD":
      return accountId("PROVIDER", currency);
    default:
      throw new TypeError(`No such source: ${String(source satisfies never)}`);
  }
}

/** What of a hold is not taken, back to its wallet. @throws RangeError when more is taken than is held. */
export function restOf(source: Source, taken: bigint, currency: string): readonly Posting[] {
  if (source.kind !== "HOLD") return [];
  const rest = source.held - taken;
  if (rest < 0n) throw new RangeError(`${taken} cannot be taken: ${source.held} is held.`);
  if (rest === 0n) return [];
  return [{ accountId: accountId("WALLET", currency, source.personId), amount: rest }];
}

/** Who gets what of some lines: the Knowledge and Innovation Dirham have accounts of their own, all else is the biller's. */
export function sharesOf(
  lines: readonly Line[],
  { billerId, currency }: { readonly billerId: string; readonly currency: string },
): readonly Posting[] {
  const beneficiary = ({ kind }: Line): string =>
    kind === "KNOWLEDGE_DIRHAM" || kind === "INNOVATION_DIRHAM"
      ? accountId(kind, currency)
      : accountId("BILLER", currency, billerId);
  return [...Map.groupBy(lines, beneficiary)]
    .map(([account, share]) => ({ accountId: account, amount: totalOf(share) }))
    .filter(({ amount }) => amount !== 0n);
}

/** Entries that take the sum of the shares from one account and give each its share. They sum to zero. */
export const transfer = (from: string, shares: readonly Posting[]): readonly Posting[] => [
  { accountId: from, amount: -shares.reduce((sum, { amount }) => sum + amount, 0n) },
  ...shares,
];

export const reversed = (postings: readonly Posting[]): readonly Posting[] =>
  postings.map(({ accountId: id, amount }) => ({ accountId: id, amount: -amount }));

/** "DEWA" and 42 → "DEWA-00000042". */
export const receiptNumber = (prefix: string, number: bigint): string =>
  `${prefix}-${number.toString().padStart(8, "0")}`;
