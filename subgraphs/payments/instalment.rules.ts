/**
 * Splitting a bill into instalments: without interest, equal parts to the minor unit (what cannot be
 * divided goes to the first ones), one due each month from the bill's own due date. Pure.
 */
export const mostParts = 24;

/** @throws RangeError unless there are 2 to 24 parts with something in each. */
export function splitAmount(total: bigint, parts: number): readonly bigint[] {
  if (!Number.isInteger(parts) || parts < 2 || parts > mostParts || total < BigInt(parts)) {
    throw new RangeError(`${total} cannot be split into ${parts} parts.`);
  }
  const count = BigInt(parts);
  const extra = total % count;
  return Array.from({ length: parts }, (_, i) => total / count + (BigInt(i) < extra ? 1n : 0n));
}

/** The same day of the month, months later; the month's last day when there is no such day. */
export function monthsLater(date: Date, months: number): Date {
  const target = new Date(date);
  target.setUTCMonth(target.getUTCMonth() + months);
  // A day that the month has not runs over into the next one.
  if (target.getUTCDate() !== date.getUTCDate()) target.setUTCDate(0);
  return target;
}
