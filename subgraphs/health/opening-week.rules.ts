/**
 * Hours of a week that repeats → a table of seven days for people to read. A span is listed on the
 * day on which it begins, so 22:00–02:00 stands once, on its evening; what is open for longer than a
 * day is cut at midnight, so that 24/7 is seven whole days.
 */
import {
  type Interval,
  minutesPerDay,
  minutesPerWeek,
  type WeeklyHours,
} from "./opening-hours.rules.ts";

const millisecondsPerMinute = 60_000;
const millisecondsPerDay = minutesPerDay * millisecondsPerMinute;
const cityOffset = 4 * 60 * millisecondsPerMinute;

/** Milliseconds since the epoch; `closes` may lie on the next day. */
export type OpenSpan = { readonly opens: number; readonly closes: number };

/** `date` is the city's day, YYYY-MM-DD. */
export type OpeningDay = { readonly date: string; readonly spans: readonly OpenSpan[] };

/** Joins what was cut at the end of the week: its end may then lie behind the week. */
function joinWeekEnd(hours: WeeklyHours): readonly Interval[] {
  const [first, last] = [hours[0], hours.at(-1)];
  if (hours.length < 2 || first?.[0] !== 0 || last?.[1] !== minutesPerWeek) return hours;
  return [...hours.slice(1, -1), [last[0], minutesPerWeek + first[1]]];
}

/** Cuts what is longer than a day at every midnight; the pieces lie within one week. */
function cutAtMidnights([from, to]: Interval): readonly Interval[] {
  if (to - from <= minutesPerDay) return [[from, to]];
  const midnight = (Math.floor(from / minutesPerDay) + 1) * minutesPerDay;
  const start = from % minutesPerWeek;
  const piece: Interval = [start, start + midnight - from];
  return [piece, ...cutAtMidnights([midnight, to])];
}

/** Seven days from the city's day in which an instant (milliseconds since the epoch) lies. */
export function openingWeek(hours: WeeklyHours, instant: number): readonly OpeningDay[] {
  const pieces = joinWeekEnd(hours)
    .flatMap(cutAtMidnights)
    .map(([from, to]): Interval => [from % minutesPerWeek, (from % minutesPerWeek) + to - from])
    .toSorted(([a], [b]) => a - b);
  const firstDay = Math.floor((instant + cityOffset) / millisecondsPerDay);
  return Array.from({ length: 7 }, (_, ahead) => {
    const day = firstDay + ahead;
    const midnight = day * millisecondsPerDay - cityOffset;
    // 1970-01-01 was a Thursday: three days after Monday.
    const startOfDay = ((((day + 3) % 7) + 7) % 7) * minutesPerDay;
    return {
      date: new Date(day * millisecondsPerDay).toISOString().slice(0, 10),
      spans: pieces
        .filter(([from]) => from >= startOfDay && from < startOfDay + minutesPerDay)
        .map(([from, to]) => ({
          opens: midnight + (from - startOfDay) * millisecondsPerMinute,
          closes: midnight + (to - startOfDay) * millisecondsPerMinute,
        })),
    };
  });
}
