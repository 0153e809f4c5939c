/**
 * Hours as intervals of a week that repeats: minutes from Monday 00:00 in Asia/Dubai, which is +04:00
 * all year; doctors work by such weeks. Enters: spans of days, or an instant. Leaves: intervals, and
 * whether an instant lies within them.
 */
import { type DaySpan, type OpeningExpression, spansOn } from "./opening-expression.rules.ts";

export const minutesPerDay = 1_440;
export const minutesPerWeek = 7 * minutesPerDay;

/** Minutes of the week, from (inclusive) and to (exclusive), 0 ≤ from < to ≤ 10080. */
export type Interval = readonly [from: number, to: number];

/** Sorted intervals that neither overlap nor touch, so that equal hours are equal lists. */
export type WeeklyHours = readonly Interval[];

const cityOffsetMinutes = 4 * 60;
const millisecondsPerMinute = 60_000;
/** 1970-01-01 was a Thursday: three days after Monday. */
const epochMinuteOfWeek = 3 * minutesPerDay;

/** The minute of the city's week in which an instant (milliseconds since the epoch) lies. */
export function minuteOfWeek(instant: number): number {
  const minutes = Math.floor(instant / millisecondsPerMinute);
  const shifted = minutes + cityOffsetMinutes + epochMinuteOfWeek;
  return ((shifted % minutesPerWeek) + minutesPerWeek) % minutesPerWeek;
}

function cutAtWeekEnd(from: number, to: number): readonly Interval[] {
  if (to <= minutesPerWeek) return [[from, to]];
  return [
    [from, minutesPerWeek],
    [0, to - minutesPerWeek],
  ];
}

/** Sorted, and joined where they overlap or touch. */
export function toIntervals(intervals: readonly Interval[]): WeeklyHours {
  const merged: [number, number][] = [];
  for (const [from, to] of intervals.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Spans by day, Monday first → intervals. A span belongs to the day on which it begins. */
export function toWeeklyHours(days: readonly (readonly DaySpan[])[]): WeeklyHours {
  return toIntervals(
    days.flatMap((spans, day) =>
      spans.flatMap(({ from, to }) => {
        const start = day * minutesPerDay;
        return cutAtWeekEnd(start + from, start + to + (to <= from ? minutesPerDay : 0));
      }),
    ),
  );
}

const isOpenAt = (hours: WeeklyHours, minute: number): boolean =>
  hours.some(([from, to]) => from <= minute && minute < to);

/** The week of hours that know no dates, in which no day is a public holiday. */
export const regularWeek = (hours: OpeningExpression): WeeklyHours =>
  toWeeklyHours(
    [0, 1, 2, 3, 4, 5, 6].map((weekday) =>
      spansOn(hours, { year: 0, monthDay: 101, weekday, holiday: false }),
    ),
  );

/** Whether it is open at an instant (milliseconds since the epoch). */
export const isOpen = (hours: WeeklyHours, instant: number): boolean =>
  isOpenAt(hours, minuteOfWeek(instant));

/** The text of an int4multirange, as PostgreSQL writes it. */
export const toMultirange = (hours: WeeklyHours): string =>
  `{${hours.map(([from, to]) => `[${from},${to})`).join(",")}}`;

/** Reads what `toMultirange` and PostgreSQL write. */
export const fromMultirange = (text: string): WeeklyHours =>
  Array.from(text.matchAll(/\[(\d+),(\d+)\)/g), ([, from, to]) => [Number(from), Number(to)]);
