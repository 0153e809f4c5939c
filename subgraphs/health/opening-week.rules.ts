/**
 * Opening hours → a table of seven days for people to read. A span is listed on the day on which it
 * begins, so 22:00–02:00 stands once, on its evening, and 24/7 is seven whole days.
 */
import type { HolidayOn } from "../kit/city-calendar.ts";
import { addDays, type CityDate, cityDateOf } from "../kit/city-date.ts";
import type { OpeningCalendar } from "./opening-calendar.rules.ts";
import { type OpeningSchedule, type OpenSpan, openSpansOn } from "./opening-schedule.rules.ts";

export type OpeningDay = {
  readonly date: CityDate;
  readonly spans: readonly OpenSpan[];
  /** The public holiday that it is. */
  readonly holiday: HolidayOn | null;
  readonly ramadan: boolean;
};

/** Seven days from the city's day in which an instant (milliseconds since the epoch) lies. */
export function openingWeek(
  schedule: OpeningSchedule,
  calendar: OpeningCalendar,
  instant: number,
): readonly OpeningDay[] {
  const first = cityDateOf(new Date(instant));
  return Array.from({ length: 7 }, (_, ahead) => {
    const date = addDays(first, ahead);
    return {
      date,
      spans: openSpansOn(schedule, calendar, date),
      holiday: calendar.holidayOn(date),
      ramadan: calendar.factsOf(date).ramadan,
    };
  });
}
