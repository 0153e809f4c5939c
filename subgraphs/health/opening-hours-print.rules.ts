/**
 * Opening hours → their text, which opening-hours-text.rules.ts reads back as the same. Spellings that
 * mean the same come out alike: `24/7` as 00:00-24:00, `closed` as off, `Jan 5` as `Jan 05`.
 */
import { monthNames } from "./opening-dates-text.rules.ts";
import type {
  DateSelector,
  DayRange,
  DaySpan,
  MonthDay,
  OpeningExpression,
  OpeningRule,
} from "./opening-expression.rules.ts";
import { dayNames } from "./opening-hours-text.rules.ts";

const twoDigits = (value: number): string => String(value).padStart(2, "0");
const year = (value: number): string => String(value).padStart(4, "0");
const clock = (minutes: number): string =>
  `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;

const monthDay = ({ month, day }: MonthDay): string =>
  `${monthNames[month - 1]}${day === null ? "" : ` ${twoDigits(day)}`}`;

function printYears(from: number, to: number | null): string {
  if (to === null) return `${year(from)}+`;
  return from === to ? year(from) : `${year(from)}-${year(to)}`;
}

function printDate(selector: DateSelector): string {
  if (selector.kind === "dates") {
    const { from, to } = selector;
    return `${year(from.year)} ${monthDay(from)}-${year(to.year)} ${monthDay(to)}`;
  }
  const { years, months } = selector;
  const first = months && monthDay(months.from);
  const last = months && monthDay(months.to);
  return [
    ...(years ? [printYears(years.from, years.to)] : []),
    ...(first ? [first === last ? first : `${first}-${last}`] : []),
  ].join(" ");
}

const printDays = ({ first, last }: DayRange): string =>
  first === last ? `${dayNames[first]}` : `${dayNames[first]}-${dayNames[last]}`;

const printSpan = ({ from, to }: DaySpan): string => `${clock(from)}-${clock(to)}`;

const printRule = ({ dates, days, holidays, spans, comment }: OpeningRule): string =>
  [
    dates.map(printDate).join(","),
    [...days.map(printDays), ...(holidays ? ["PH"] : [])].join(","),
    spans.length === 0 ? "off" : spans.map(printSpan).join(","),
    comment === null ? "" : `"${comment}"`,
  ]
    .filter((part) => part !== "")
    .join(" ");

export const printOpeningHours = ({ rules, otherwise }: OpeningExpression): string =>
  `${rules.map(printRule).join("; ")}${otherwise === null ? "" : ` || "${otherwise}"`}`;
