/**
 * When a place is open: its hours and, where it keeps others, its hours of Ramadan, read by the city's
 * calendar; and single spans (nights on duty) besides. Instants are milliseconds since the epoch.
 */
import { addDays, type CityDate, cityDateOf, dayMs, startOfCityDate } from "../kit/city-date.ts";
import type { OpeningCalendar, OpeningDayFacts } from "./opening-calendar.rules.ts";
import { type DaySpan, type OpeningExpression, spansOn } from "./opening-expression.rules.ts";

const minuteMs = 60_000;

/** How far `nextChange` looks ahead: whatever recurs by the year is seen. */
export const horizonDays = 400;

export type OpeningSchedule = {
  readonly hours: OpeningExpression;
  /** Instead of `hours` on the days of Ramadan; null when nothing differs then. */
  readonly ramadan: OpeningExpression | null;
  /** Whether it is open always or never, on every kind of day. */
  readonly steady: boolean;
};

const wholeDay = (spans: readonly DaySpan[]): boolean =>
  spans.some(({ from, to }) => from === 0 && to === 1_440);

function isSteady(expressions: readonly OpeningExpression[]): boolean {
  if (expressions.some(({ rules }) => rules.some(({ dates }) => dates.length > 0))) return false;
  const days = expressions.flatMap((hours) =>
    [0, 1, 2, 3, 4, 5, 6].flatMap((weekday) =>
      [true, false].map((holiday) => spansOn(hours, { year: 0, monthDay: 101, weekday, holiday })),
    ),
  );
  return days.every(wholeDay) || days.every((spans) => spans.length === 0);
}

export const createSchedule = (
  hours: OpeningExpression,
  ramadan: OpeningExpression | null,
): OpeningSchedule => ({
  hours,
  ramadan,
  steady: isSteady(ramadan ? [hours, ramadan] : [hours]),
});

/** From (inclusive) and to (exclusive). */
export type OpenSpan = { readonly opens: number; readonly closes: number };

/** Whether it never closes. */
export const isAlwaysOpen = ({ steady, hours }: OpeningSchedule): boolean =>
  steady && hours.rules.some(({ spans }) => spans.length > 0);

/** Spans that begin on a day. */
export const spansOnDay = (
  { hours, ramadan }: OpeningSchedule,
  facts: OpeningDayFacts,
): readonly DaySpan[] => spansOn(facts.ramadan && ramadan ? ramadan : hours, facts);

/** Sorted spans that neither overlap nor touch. */
export function mergeSpans(spans: readonly OpenSpan[]): readonly OpenSpan[] {
  const merged: { opens: number; closes: number }[] = [];
  for (const { opens, closes } of spans.toSorted((a, b) => a.opens - b.opens)) {
    const last = merged.at(-1);
    if (last && opens <= last.closes) last.closes = Math.max(last.closes, closes);
    else merged.push({ opens, closes });
  }
  return merged;
}

/** Spans that begin on a date of the city; the last may end on the next. */
export function openSpansOn(
  schedule: OpeningSchedule,
  calendar: OpeningCalendar,
  date: CityDate,
): readonly OpenSpan[] {
  const midnight = startOfCityDate(date).getTime();
  return mergeSpans(
    spansOnDay(schedule, calendar.factsOf(date)).map(({ from, to }) => ({
      opens: midnight + from * minuteMs,
      closes: midnight + (to > from ? to : to + 1_440) * minuteMs,
    })),
  );
}

const covers = (spans: readonly OpenSpan[], instant: number): boolean =>
  spans.some(({ opens, closes }) => opens <= instant && instant < closes);

/** A span ends within 24 hours, so that only the day and the day before matter. */
function isScheduled(schedule: OpeningSchedule, calendar: OpeningCalendar, instant: number) {
  const date = cityDateOf(new Date(instant));
  return (
    covers(openSpansOn(schedule, calendar, date), instant) ||
    covers(openSpansOn(schedule, calendar, addDays(date, -1)), instant)
  );
}

/** @param besides spans during which it is open whatever its hours say. */
export const isOpenAt = (
  schedule: OpeningSchedule,
  calendar: OpeningCalendar,
  instant: number,
  besides: readonly OpenSpan[] = [],
): boolean => covers(besides, instant) || isScheduled(schedule, calendar, instant);

/**
 * The first instant after the given one at which open becomes closed or closed open; null when that
 * does not happen within `horizonDays`.
 */
export function nextChange(
  schedule: OpeningSchedule,
  calendar: OpeningCalendar,
  instant: number,
  besides: readonly OpenSpan[] = [],
): number | null {
  if (schedule.steady && besides.length === 0) return null;
  const open = isOpenAt(schedule, calendar, instant, besides);
  const first = addDays(cityDateOf(new Date(instant)), -1);
  let openUntil = instant;
  for (let ahead = 0; ahead <= horizonDays; ahead += 1) {
    const date = addDays(first, ahead);
    const nextMidnight = startOfCityDate(date).getTime() + dayMs;
    const singles = besides.filter(({ opens }) => opens < nextMidnight);
    for (const { opens, closes } of mergeSpans([
      ...openSpansOn(schedule, calendar, date),
      ...singles,
    ])) {
      if (!open && opens > instant) return opens;
      if (open && opens > openUntil) return openUntil;
      if (closes > openUntil) openUntil = closes;
    }
    // What begins later begins after midnight.
    if (open && openUntil < nextMidnight && ahead > 0) return openUntil;
  }
  return null;
}
