/**
 * Opening hours → a table of seven days for people to read. A span is listed on the day on which it
 * begins, so 22:00–02:00 stands once, on its evening, and 24/7 is seven whole days. Shifts on duty stand beside
 * the hours, where these do not cover them: the table and `isOpenAt` always agree.
 */
import type { HolidayOn } from "../kit/city-calendar.ts";
import { addDays, type CityDate, cityDateOf, dayMs, startOfCityDate } from "../kit/city-date.ts";
import type { OpeningCalendar } from "./opening-calendar.rules.ts";
import {
  mergeSpans,
  type OpeningSchedule,
  type OpenSpan,
  openSpansOn,
} from "./opening-schedule.rules.ts";

export type WeekSpan = OpenSpan & {
  /** Open by the roster of duty, not by its hours. */
  readonly onDuty: boolean;
};

export type OpeningDay = {
  readonly date: CityDate;
  /** In the order of their beginnings. */
  readonly spans: readonly WeekSpan[];
  /** The public holiday that it is. */
  readonly holiday: HolidayOn | null;
  readonly ramadan: boolean;
};

/** From midnight to midnight in milliseconds since the epoch: the seven days of the city that begin with an instant's. */
export function weekOf(instant: number): { readonly from: number; readonly to: number } {
  const from = startOfCityDate(cityDateOf(new Date(instant))).getTime();
  return { from, to: from + 7 * dayMs };
}

/**
 * Seven days from the city's day in which an instant (milliseconds since the epoch) lies.
 * @param duty Shifts of these days, and others as well.
 */
export function openingWeek(
  schedule: OpeningSchedule,
  calendar: OpeningCalendar,
  instant: number,
  duty: readonly OpenSpan[] = [],
): readonly OpeningDay[] {
  const first = cityDateOf(new Date(instant));
  return Array.from({ length: 7 }, (_, ahead) => {
    const date = addDays(first, ahead);
    const midnight = startOfCityDate(date).getTime();
    const hours = openSpansOn(schedule, calendar, date);
    // A shift may be covered by the evening before, or go on into hours of the next morning.
    const around = mergeSpans(
      [-1, 0, 1].flatMap((days) => openSpansOn(schedule, calendar, addDays(date, days))),
    );
    const shifts = duty.filter(
      ({ opens, closes }) =>
        opens >= midnight &&
        opens < midnight + dayMs &&
        !around.some((span) => span.opens <= opens && closes <= span.closes),
    );
    const spans = [
      ...hours.map((span) => ({ ...span, onDuty: false })),
      ...shifts.map(({ opens, closes }) => ({ opens, closes, onDuty: true })),
    ];
    return {
      date,
      spans: spans.toSorted((a, b) => a.opens - b.opens),
      holiday: calendar.holidayOn(date),
      ramadan: calendar.factsOf(date).ramadan,
    };
  });
}
