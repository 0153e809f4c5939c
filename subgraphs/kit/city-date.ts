/**
 * Days of the city: a `CityDate` is YYYY-MM-DD as the calendar in Dubai shows it. Asia/Dubai is four hours
 * ahead of UTC, all year and since long ago, so this is arithmetic, the same in whichever zone the host is.
 * Hijri dates are those of Umm al-Qura, as the platform's Intl has them (years 1300 to 1600).
 */

export type CityDate = string;

export type HijriDate = { readonly year: number; readonly month: number; readonly day: number };

export const dayMs = 86_400_000;
const aheadOfUtcMs = 4 * 3_600_000;

/** The day that it is in the city at that moment. */
export const cityDateOf = (at: Date): CityDate =>
  new Date(at.getTime() + aheadOfUtcMs).toISOString().slice(0, 10);

/** Midnight in the city with which the day begins. @throws RangeError when it is no date. */
export function startOfCityDate(date: CityDate): Date {
  const utc = new Date(`${date}T00:00:00.000Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !utc.toJSON()?.startsWith(date)) {
    throw new RangeError(`"${date}" is no date: write YYYY-MM-DD.`);
  }
  return new Date(utc.getTime() - aheadOfUtcMs);
}

export const addDays = (date: CityDate, days: number): CityDate =>
  cityDateOf(new Date(startOfCityDate(date).getTime() + days * dayMs));

/** 0 is Sunday, 6 is Saturday. */
export const weekdayOf = (date: CityDate): number =>
  new Date(startOfCityDate(date).getTime() + aheadOfUtcMs).getUTCDay();

const hijri = new Intl.DateTimeFormat("en-u-ca-islamic-umalqura-nu-latn", {
  timeZone: "Asia/Dubai",
  year: "numeric",
  month: "numeric",
  day: "numeric",
});

/** By daylight: the Hijri day that begins at the sunset before. */
export function hijriDateOf(date: CityDate): HijriDate {
  const parts = hijri.formatToParts(startOfCityDate(date));
  const number = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return { year: number("year"), month: number("month"), day: number("day") };
}

export const isRamadan = (date: CityDate): boolean => hijriDateOf(date).month === 9;
