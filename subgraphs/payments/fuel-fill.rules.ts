/** Fuel is measured to the millilitre and priced per litre; the sale is rounded half up once, at its total. */
import { divideHalfUp } from "./charge-line.rules.ts";

/** @param pricePerLitre fils. @returns fils. */
export const fuelTotal = (millilitres: number, pricePerLitre: bigint): bigint =>
  divideHalfUp(BigInt(millilitres) * pricePerLitre, 1_000n);

/** 41237 millilitres → "41.237": always three decimals, never through a float. */
export function litresText(millilitres: number): string {
  const digits = `${millilitres}`.padStart(4, "0");
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

/** The most that may be filled for a limit. @param limit fils. @param pricePerLitre fils, above zero. */
export const mostMillilitres = (limit: bigint, pricePerLitre: bigint): number =>
  Number((limit * 1_000n + 499n) / pricePerLitre);
