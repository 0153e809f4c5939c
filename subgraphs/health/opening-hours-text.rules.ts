/**
 * Text → weekly hours, for the part of OpenStreetMap's opening_hours grammar that is used here
 * (https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification):
 *   hours = "24/7" | rule { ";" rule }       rule  = [ days " " ] ( spans | "off" )
 *   days  = day [ "-" day ] { "," … }        spans = HH:MM "-" HH:MM { "," … }
 * A rule without days is for every day; a later rule replaces an earlier one on its days. A span that
 * ends at or before its beginning ends on the next day. Anything else is refused.
 */
import {
  type DaySpan,
  minutesPerDay,
  toWeeklyHours,
  type WeeklyHours,
} from "./opening-hours.rules.ts";

const dayNames = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] as const;
const everyDay: readonly number[] = dayNames.map((_, day) => day);

/** Thrown when a text is outside of the grammar; `position` counts characters from 1. */
export class OpeningHoursSyntaxError extends Error {
  override readonly name = "OpeningHoursSyntaxError";
  readonly position: number;

  constructor(text: string, position: number, expected: string) {
    const found = position > text.length ? "the end" : `"${text.slice(position - 1)}"`;
    super(
      `Opening hours "${text}": expected ${expected} at character ${position}, found ${found}.`,
    );
    this.position = position;
  }
}

/** Reads a text from left to right; `take` moves on when the pattern is next, and not otherwise. */
type Scanner = {
  readonly take: (pattern: RegExp) => string | undefined;
  readonly done: () => boolean;
  /** @throws OpeningHoursSyntaxError at the current place, or `back` characters before it. */
  readonly refuse: (expected: string, back?: number) => never;
};

function createScanner(text: string): Scanner {
  let position = 0;
  return {
    take(pattern) {
      const sticky = new RegExp(pattern.source, "y");
      sticky.lastIndex = position;
      const found = sticky.exec(text)?.[0];
      position += found?.length ?? 0;
      return found;
    },
    done: () => position === text.length,
    refuse(expected, back = 0) {
      throw new OpeningHoursSyntaxError(text, position - back + 1, expected);
    },
  };
}

function readDay({ take, refuse }: Scanner): number {
  const name = take(/Mo|Tu|We|Th|Fr|Sa|Su/);
  return name ? dayNames.indexOf(name as (typeof dayNames)[number]) : refuse("a day such as Mo");
}

function readDays(scanner: Scanner): readonly number[] {
  const days: number[] = [];
  do {
    const first = readDay(scanner);
    const last = scanner.take(/-/) ? readDay(scanner) : first;
    // Sa-Th goes round the end of the week.
    for (let day = first; ; day = (day + 1) % 7) {
      days.push(day);
      if (day === last) break;
    }
  } while (scanner.take(/,/));
  return days;
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

function readRule(scanner: Scanner, week: (readonly DaySpan[])[]): void {
  const named = scanner.take(/(?=[A-Z])/) !== undefined;
  const days = named ? readDays(scanner) : everyDay;
  if (named && !scanner.take(/ +/)) scanner.refuse("a space and times, or off");
  const spans = scanner.take(/off/) ? [] : readSpans(scanner);
  for (const day of days) week[day] = spans;
}

/** @throws OpeningHoursSyntaxError that names the place in the text. */
export function parseOpeningHours(text: string): WeeklyHours {
  if (text === "24/7") return toWeeklyHours(everyDay.map(() => [{ from: 0, to: minutesPerDay }]));
  const scanner = createScanner(text);
  const week: (readonly DaySpan[])[] = everyDay.map(() => []);
  do readRule(scanner, week);
  while (scanner.take(/ *; */));
  if (!scanner.done()) scanner.refuse('";" and another rule, or the end');
  return toWeeklyHours(week);
}
