/**
 * The city's calendar: weekends, public holidays, working days, and time counted in working days.
 * Holidays are those of Cabinet Resolution 27 of 2024 for every year, computed by Umm al-Qura; what was
 * announced (announced-holidays.ts) goes before what is computed, since the moon is sighted and days are moved.
 */
import {
  type Announcement,
  announcements as announcedHolidays,
  type Holiday,
} from "./announced-holidays.ts";
import {
  addDays,
  type CityDate,
  cityDateOf,
  dayMs,
  hijriDateOf,
  startOfCityDate,
  weekdayOf,
} from "./city-date.ts";

export type HolidayOn = {
  readonly holiday: Holiday;
  readonly name: { readonly en: string; readonly ar: string };
  /** A computed holiday of the Hijri calendar is a forecast until it is announced. */
  readonly basis: "ANNOUNCED" | "COMPUTED";
};

export type CityCalendar = {
  /** The public holiday on that day, or null. */
  readonly holidayOn: (date: CityDate) => HolidayOn | null;
  readonly isWorkingDay: (date: CityDate) => boolean;
  /** Milliseconds between two moments that lie in working days; negative when `to` is before `from`. */
  readonly workingMsBetween: (from: Date, to: Date) => number;
  /** The first moment at which so many milliseconds of working days have passed since `from`. */
  readonly addWorkingMs: (from: Date, workingMs: number) => Date;
};

const names: Readonly<Record<Holiday, HolidayOn["name"]>> = {
  NEW_YEAR: { en: "New Year's Day", ar: "رأس السنة الميلادية" },
  EID_AL_FITR: { en: "Eid al-Fitr", ar: "عيد الفطر" },
  ARAFA_DAY: { en: "Arafa Day", ar: "يوم عرفة" },
  EID_AL_ADHA: { en: "Eid al-Adha", ar: "عيد الأضحى" },
  ISLAMIC_NEW_YEAR: { en: "Islamic New Year", ar: "رأس السنة الهجرية" },
  PROPHETS_BIRTHDAY: { en: "The Prophet's birthday", ar: "المولد النبوي الشريف" },
  NATIONAL_DAY: { en: "National Day", ar: "عيد الاتحاد" },
  EXCEPTIONAL: { en: "Exceptional holiday", ar: "عطلة استثنائية" },
};

const fridaySaturday = [5, 6];
const saturdaySunday = [6, 0];

/** Saturday and Sunday since 2022, Friday and Saturday before. */
export const isWeekend = (date: CityDate): boolean =>
  (date >= "2022-01-01" ? saturdaySunday : fridaySaturday).includes(weekdayOf(date));

type Occurrence = { readonly holiday: Holiday; readonly year: number };

function hijriHoliday(month: number, day: number): Holiday | undefined {
  // The 30th of Ramadan is a holiday in the years that have one.
  if ((month === 9 && day === 30) || (month === 10 && day <= 3)) return "EID_AL_FITR";
  if (month === 12 && day === 9) return "ARAFA_DAY";
  if (month === 12 && day >= 10 && day <= 12) return "EID_AL_ADHA";
  if (month === 1 && day === 1) return "ISLAMIC_NEW_YEAR";
  if (month === 3 && day === 12) return "PROPHETS_BIRTHDAY";
  return undefined;
}

/** Two can fall on one day. */
function computedOn(date: CityDate): readonly Occurrence[] {
  const monthAndDay = date.slice(5);
  const year = Number(date.slice(0, 4));
  const { year: hijriYear, month, day } = hijriDateOf(date);
  const ofHijri = hijriHoliday(month, day);
  return [
    ...(ofHijri ? [{ holiday: ofHijri, year: hijriYear }] : []),
    ...(monthAndDay === "01-01" ? [{ holiday: "NEW_YEAR" as const, year }] : []),
    ...(monthAndDay === "12-02" || monthAndDay === "12-03"
      ? [{ holiday: "NATIONAL_DAY" as const, year }]
      : []),
  ];
}

const keyOf = ({ holiday, year }: Occurrence): string => `${holiday} ${year}`;

/** @param announcements what goes before the computed days; the official ones when left out. */
export function createCityCalendar(
  announcements: readonly Announcement[] = announcedHolidays,
): CityCalendar {
  const announcedOn = new Map(
    announcements.flatMap(({ holiday, dates }) => dates.map((date) => [date, holiday] as const)),
  );
  const announced = new Set(announcements.map(keyOf));
  const workingDays = new Map<CityDate, boolean>();

  function holidayOn(date: CityDate): HolidayOn | null {
    const told = announcedOn.get(date);
    if (told) return { holiday: told, name: names[told], basis: "ANNOUNCED" };
    const computed = computedOn(date).find((one) => !announced.has(keyOf(one)));
    if (!computed) return null;
    return { holiday: computed.holiday, name: names[computed.holiday], basis: "COMPUTED" };
  }

  function isWorkingDay(date: CityDate): boolean {
    const known = workingDays.get(date);
    if (known !== undefined) return known;
    const isOne = !isWeekend(date) && holidayOn(date) === null;
    // Some years of days: a bound for whoever asks about all of time.
    if (workingDays.size > 20_000) workingDays.clear();
    workingDays.set(date, isOne);
    return isOne;
  }

  function workingMsBetween(from: Date, to: Date): number {
    if (to < from) return 0 - workingMsBetween(to, from);
    let sum = 0;
    let at = from.getTime();
    for (let date = cityDateOf(from); at < to.getTime(); date = addDays(date, 1)) {
      const until = Math.min(startOfCityDate(date).getTime() + dayMs, to.getTime());
      if (isWorkingDay(date)) sum += until - at;
      at = until;
    }
    return sum;
  }

  function addWorkingMs(from: Date, workingMs: number): Date {
    if (!(workingMs >= 0)) throw new RangeError(`${workingMs} ms is no length of time.`);
    let left = workingMs;
    let at = from.getTime();
    for (let date = cityDateOf(from); left > 0; date = addDays(date, 1)) {
      const until = startOfCityDate(date).getTime() + dayMs;
      const lasts = isWorkingDay(date) ? until - at : 0;
      if (lasts >= left) return new Date(at + left);
      left -= lasts;
      at = until;
    }
    return new Date(at);
  }

  return { holidayOn, isWorkingDay, workingMsBetween, addWorkingMs };
}

export const cityCalendar = createCityCalendar();
