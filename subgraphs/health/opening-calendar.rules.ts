/**
 * What opening hours need to know of a day in the city: weekday, public holiday, Ramadan. From the
 * city's calendar (Umm al-Qura, with what was announced before it), kept for days asked about before.
 */
import { cityCalendar, type HolidayOn } from "../kit/city-calendar.ts";
import { type CityDate, isRamadan, weekdayOf } from "../kit/city-date.ts";
import type { DayFacts } from "./opening-expression.rules.ts";

export type OpeningDayFacts = DayFacts & { readonly ramadan: boolean };

export type OpeningCalendar = {
  readonly factsOf: (date: CityDate) => OpeningDayFacts;
  /** Its names, for people; null on other days. */
  readonly holidayOn: (date: CityDate) => HolidayOn | null;
};

/** Some decades of days: a bound for whoever asks about all of time. */
const maxKeptDays = 20_000;

/** @param holidayOn the public holiday of a date, or null. */
export function createOpeningCalendar(
  holidayOn: (date: CityDate) => HolidayOn | null = cityCalendar.holidayOn,
): OpeningCalendar {
  const known = new Map<CityDate, OpeningDayFacts>();
  function factsOf(date: CityDate): OpeningDayFacts {
    const before = known.get(date);
    if (before) return before;
    const facts = {
      year: Number(date.slice(0, 4)),
      monthDay: Number(date.slice(5, 7)) * 100 + Number(date.slice(8, 10)),
      weekday: (weekdayOf(date) + 6) % 7,
      holiday: holidayOn(date) !== null,
      ramadan: isRamadan(date),
    };
    if (known.size >= maxKeptDays) known.clear();
    known.set(date, facts);
    return facts;
  }
  return { factsOf, holidayOn };
}

export const openingCalendar = createOpeningCalendar();
