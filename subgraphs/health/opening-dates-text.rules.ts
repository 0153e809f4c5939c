/**
 * The dates of a rule of opening hours:
 *   dates = date { "," date } " "
 *   date  = years [ " " months ] | months | year " " month " " day "-" year " " month " " day
 *   years = YYYY [ "-" YYYY | "+" ]      months = month [ " " day ] [ "-" ( month [ " " day ] | day ) ]
 * Months and days without a year hold every year; Nov-Feb goes round its end.
 */
import type { DateSelector, MonthDay, YearDay } from "./opening-expression.rules.ts";
import type { Scanner } from "./opening-scanner.rules.ts";

export const monthNames = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
] as const;

const aMonth = /(?=Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/;
const daysOfMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Digits that begin no time: `Jan 10` but not the 10 of `Jan 10:00-12:00`. */
const dayDigits = /\d\d?(?![\d:])/;

function checkDay({ refuse }: Scanner, digits: string, month: number): number {
  const day = Number(digits);
  const last = daysOfMonths[month - 1] ?? 0;
  if (day < 1 || day > last) {
    refuse(`a day of ${monthNames[month - 1]} from 1 to ${last}`, digits.length);
  }
  return day;
}

function readMonthDay(scanner: Scanner): MonthDay {
  const { take, refuse } = scanner;
  const name = take(/[A-Z][a-z]{2}/) ?? refuse("a month such as Jan");
  const month = monthNames.indexOf(name as (typeof monthNames)[number]) + 1;
  if (month === 0) refuse("a month such as Jan", name.length);
  if (take(/ (?=\d\d?(?![\d:]))/) === undefined) return { month, day: null };
  const digits = take(dayDigits) ?? refuse("a day of the month");
  return { month, day: checkDay(scanner, digits, month) };
}

function requireDay({ refuse }: Scanner, { month, day }: MonthDay): { month: number; day: number } {
  return { month, day: day ?? refuse("a space and a day of the month") };
}

function readEnd(scanner: Scanner, from: MonthDay): MonthDay {
  const digits = from.day === null ? undefined : scanner.take(dayDigits);
  if (digits !== undefined) {
    const day = checkDay(scanner, digits, from.month);
    if (day <= Number(from.day)) scanner.refuse(`a day after ${from.day}`, digits.length);
    return { month: from.month, day };
  }
  const to = readMonthDay(scanner);
  if (from.day !== null) return requireDay(scanner, to);
  if (to.day !== null) scanner.refuse("a month without a day, as it begins without one");
  return to;
}

type Years = { readonly from: number; readonly to: number | null };

function readYears({ take, refuse }: Scanner): Years | null {
  const year = take(/\d{4}/);
  if (year === undefined) return null;
  const from = Number(year);
  if (take(/\+/)) return { from, to: null };
  if (!take(/-/)) return { from, to: from };
  const last = take(/\d{4}/) ?? refuse("a year such as 2026");
  const to = Number(last);
  if (to <= from) refuse(`a year after ${from}`, 4);
  return { from, to };
}

/** The end of a range whose beginning named its year; null when the end names none. */
function readYearDay(scanner: Scanner, from: YearDay): YearDay | null {
  const digits = scanner.take(/\d{4}(?= )/);
  if (digits === undefined) return null;
  const year = Number(digits);
  if (year <= from.year) scanner.refuse(`a year after ${from.year}`, 4);
  scanner.take(/ /);
  return { year, ...requireDay(scanner, readMonthDay(scanner)) };
}

function readDate(scanner: Scanner): DateSelector {
  const { take } = scanner;
  const years = readYears(scanner);
  if (years && !take(/ (?=Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/)) {
    return { kind: "season", years, months: null };
  }
  const from = readMonthDay(scanner);
  if (!take(/-/)) return { kind: "season", years, months: { from, to: from } };
  if (years && years.from === years.to && from.day !== null) {
    const begin = { year: years.from, month: from.month, day: from.day };
    const end = readYearDay(scanner, begin);
    if (end) return { kind: "dates", from: begin, to: end };
  }
  return { kind: "season", years, months: { from, to: readEnd(scanner, from) } };
}

/** The dates that a rule begins with, and the space behind them; none when it begins otherwise. */
export function readDates(scanner: Scanner): readonly DateSelector[] {
  const dates: DateSelector[] = [];
  const begins = scanner.take(aMonth) !== undefined || scanner.take(/(?=\d{4})/) !== undefined;
  if (!begins) return dates;
  do dates.push(readDate(scanner));
  while (scanner.take(/,/));
  if (!scanner.take(/ +/)) scanner.refuse("a space and days, times, or off");
  return dates;
}
