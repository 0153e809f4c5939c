/**
 * Money as people read it, exact to the last minor unit: the digits are laid out from the integer,
 * never through a float. Decimals by currency from ISO 4217 (as the ICU data of `Intl` has them).
 */

const decimalsOf = new Map<string, number>();

/** Number of decimals of a currency: AED 2, KWD 3, JPY 0. @throws RangeError for no ISO 4217 code. */
export function currencyDecimals(currency: string): number {
  const known = decimalsOf.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  decimalsOf.set(currency, decimals);
  return decimals;
}

const arabicNames: Readonly<Record<string, string>> = { AED: "د.إ." };

/** 41250n AED → "412.50" with thousands separated. */
export function majorUnits(amount: bigint, currency: string): string {
  const decimals = currencyDecimals(currency);
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = decimals === 0 ? "" : `.${digits.slice(-decimals)}`;
  return `${amount < 0n ? "-" : ""}${whole}${fraction}`;
}

// The number is isolated (U+2066 … U+2069), so that it keeps its order inside right-to-left text.
const isolate = (text: string): string => `\u2066${text}\u2069`;

export function formatMoney(amount: bigint, currency: string): { en: string; ar: string } {
  const number = majorUnits(amount, currency);
  return {
    en: `${currency} ${number}`,
    ar: `${isolate(number)} ${arabicNames[currency] ?? currency}`,
  };
}
