/**
 * Text → opening hours, for the part of OpenStreetMap's opening_hours grammar that is used here
 * (https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification):
 *   hours = rule { ";" rule } [ "||" comment ]
 *   rule  = [ dates " " ] [ days " " ] ( "24/7" | spans | "off" | "closed" ) [ " " comment ]
 *   days  = ( day [ "-" day ] | "PH" ) { "," … }      spans = HH:MM "-" HH:MM { "," … }
 *   dates are read by opening-dates-text.rules.ts
 * Anything else is refused at its place: nth weekdays, school holidays, sunrise, open ends, additive rules.
 */
import { readDates } from "./opening-dates-text.rules.ts";
import type {
  DayRange,
  DaySpan,
  OpeningExpression,
  OpeningRule,
} from "./opening-expression.rules.ts";
import { minutesPerDay } from "./opening-hours.rules.ts";
import { createScanner, type Scanner } from "./opening-scanner.rules.ts";

export { OpeningHoursSyntaxError } from "./opening-scanner.rules.ts";

export const dayNames = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] as const;

function readDay({ take, refuse }: Scanner): number {
  const name = take(/Mo|Tu|We|Th|Fr|Sa|Su/);
  return name
    ? dayNames.indexOf(name as (typeof dayNames)[number])
    : refuse("a day such as Mo, or PH");
}

function readDays(scanner: Scanner): Pick<OpeningRule, "days" | "holidays"> {
  const days: DayRange[] = [];
  let holidays = false;
  do {
    if (scanner.take(/PH/)) {
      holidays = true;
      continue;
    }
    const first = readDay(scanner);
    days.push({ first, last: scanner.take(/-/) ? readDay(scanner) : first });
  } while (scanner.take(/,/));
  return { days, holidays };
}

function readTime({ take, refuse }: Scanner, latest: number): number {
  const time = take(/\d\d:\d\d/) ?? refuse("a time such as 09:00");
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const total = hours * 60 + minutes;
  if (minutes > 59 || total > latest) {
    refuse(latest === minutesPerDay ? "a time up to 24:00" : "a time up to 23:59", time.length);
  }
  return total;
}

function readSpans(scanner: Scanner): readonly DaySpan[] {
  if (scanner.take(/24\/7/)) return [{ from: 0, to: minutesPerDay }];
  const spans: DaySpan[] = [];
  do {
    const from = readTime(scanner, minutesPerDay - 1);
    if (!scanner.take(/-/)) scanner.refuse('"-" and a closing time');
    const to = readTime(scanner, minutesPerDay);
    // 08:00-08:00 is read as nothing by some and as a whole day by others.
    if (from === to) scanner.refuse("a closing time that differs from the opening time", 5);
    spans.push({ from, to });
  } while (scanner.take(/,/));
  return spans;
}

function readComment({ take, refuse }: Scanner): string {
  const comment = take(/"[^"]+"/) ?? refuse("a comment in quotation marks");
  return comment.slice(1, -1);
}

const noDays = { days: [], holidays: false } as const;

function readRule(scanner: Scanner): OpeningRule {
  const dates = readDates(scanner);
  // After dates a space has been read already.
  const named = scanner.take(/(?=[A-Z])/) !== undefined;
  const { days, holidays } = named ? readDays(scanner) : noDays;
  if (named && !scanner.take(/ +/)) scanner.refuse("a space and times, or off");
  const spans = scanner.take(/off|closed/) ? [] : readSpans(scanner);
  const comment = scanner.take(/ *(?=")/) === undefined ? null : readComment(scanner);
  return { dates, days, holidays, spans, comment };
}

/** @throws OpeningHoursSyntaxError that names the place in the text. */
export function parseOpeningHours(text: string): OpeningExpression {
  const scanner = createScanner(text);
  const rules: OpeningRule[] = [];
  do rules.push(readRule(scanner));
  while (scanner.take(/ *;(?!;) */));
  const otherwise = scanner.take(/ *\|\| */) ? readComment(scanner) : null;
  if (!scanner.done()) {
    scanner.refuse(otherwise === null ? '";" and another rule, or the end' : "the end");
  }
  return { rules, otherwise };
}
