/** A fine may be discounted until a moment: before it the rest is due, from then on the full amount. */
import { divideHalfUp, type Line } from "./charge-line.rules.ts";

export type FineDiscount = {
  /** Whole percent, 1 to 100. */
  readonly percent: number;
  /** The first moment at which the full amount is due again. */
  readonly until: Date;
};

export const isRunning = (discount: FineDiscount | null, now: Date): discount is FineDiscount =>
  discount !== null && now.getTime() < discount.until.getTime();

/** What the discount takes off, rounded half up once: from zero to the whole amount. */
export function discountOf(original: bigint, discount: FineDiscount | null, now: Date): bigint {
  return isRunning(discount, now) ? divideHalfUp(original * BigInt(discount.percent), 100n) : 0n;
}

/** The line that a running discount adds to the fine's own; none when it takes nothing off. */
export function discountLines(
  original: bigint,
  discount: FineDiscount | null,
  now: Date,
): readonly Line[] {
  const amount = discountOf(original, discount, now);
  if (amount === 0n || !discount) return [];
  const { percent } = discount;
  const description = { en: `${percent}% discount`, ar: `خصم ${percent}٪` };
  return [{ kind: "DISCOUNT", description, amount: -amount }];
}
