/**
 * Opening hours as intervals of a week that repeats: minutes from Monday 00:00 in Asia/Dubai, which
 * is +04:00 all year. Enters: spans of days, or an instant. Leaves: intervals, whether open, and
 * when that changes.
 */

export const minutesPerDay = 1_440;
export const minutesPerWeek = 7 * minutesPerDay;

/** Minutes of the week, from (inclusive) and to (exclusive), 0 ≤ from < to ≤ 10080. */
export type Interval = readonly [from: number, to: number];

/** Sorted intervals that neither overlap nor touch, so that equal hours are equal lists. */
export type WeeklyHours = readonly Interval[];

/** Minutes of a day; `to` at or before `from` is on the next day, 1440 is midnight at the end. */
export type DaySpan = { readonly from: number; readonly to: number };

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

function merge(intervals: readonly Interval[]): WeeklyHours {
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
  return merge(
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

/** Whether it is open at an instant (milliseconds since the epoch). */
export const isOpen = (hours: WeeklyHours, instant: number): boolean =>
  isOpenAt(hours, minuteOfWeek(instant));

/**
 * The next instant (milliseconds since the epoch) at which open becomes closed or closed open; null
 * when that never happens.
 */
export function nextChange(hours: WeeklyHours, instant: number): number | null {
  const minute = minuteOfWeek(instant);
  const open = isOpenAt(hours, minute);
  // An interval that is cut at the end of the week goes on in the next: that edge is no change.
  const changes = hours
    .flat()
    .map((edge) => (edge - minute + minutesPerWeek) % minutesPerWeek)
    .filter((ahead) => isOpenAt(hours, (minute + ahead) % minutesPerWeek) !== open);
  if (changes.length === 0) return null;
  const thisMinute = Math.floor(instant / millisecondsPerMinute) * millisecondsPerMinute;
  return thisMinute + Math.min(...changes) * millisecondsPerMinute;
}

/** The text of an int4multirange, as PostgreSQL writes it. */
export const toMultirange = (hours: WeeklyHours): string =>
  `{${hours.map(([from, to]) => `[${from},${to})`).join(",")}}`;

/** Reads what `toMultirange` and PostgreSQL write. */
export const fromMultirange = (text: string): WeeklyHours =>
  Array.from(text.matchAll(/\[(\d+),(\d+)\)/g), ([, from, to]) => [Number(from), Number(to)]);
