/**
 * What was announced about public holidays and differs from what city-calendar.ts computes: days that were
 * moved or added, and moons that were sighted on another evening than computed. One entry replaces all
 * computed days of its holiday in its year. Written from general knowledge of the announcements for the
 * public sector, and not compared with the official gazette: whoever runs the city does that.
 */

export const holidays = {
  NEW_YEAR: "NEW_YEAR",
  EID_AL_FITR: "EID_AL_FITR",
  ARAFA_DAY: "ARAFA_DAY",
  EID_AL_ADHA: "EID_AL_ADHA",
  ISLAMIC_NEW_YEAR: "ISLAMIC_NEW_YEAR",
  PROPHETS_BIRTHDAY: "PROPHETS_BIRTHDAY",
  NATIONAL_DAY: "NATIONAL_DAY",
  EXCEPTIONAL: "EXCEPTIONAL",
} as const;
export type Holiday = keyof typeof holidays;

export type Announcement = {
  readonly holiday: Holiday;
  /** Hijri for the holidays of the Hijri calendar, Gregorian for the others. */
  readonly year: number;
  /** All days of it, as YYYY-MM-DD. */
  readonly dates: readonly string[];
};

export const announcements: readonly Announcement[] = [
  // Mourning for the president of the country.
  { holiday: "EXCEPTIONAL", year: 2022, dates: ["2022-05-14", "2022-05-15", "2022-05-16"] },
  { holiday: "ISLAMIC_NEW_YEAR", year: 1445, dates: ["2023-07-21"] },
  { holiday: "PROPHETS_BIRTHDAY", year: 1445, dates: ["2023-09-29"] },
  { holiday: "NATIONAL_DAY", year: 2023, dates: ["2023-12-02", "2023-12-03", "2023-12-04"] },
  {
    holiday: "EID_AL_FITR",
    year: 1445,
    dates: ["2024-04-08", "2024-04-09", "2024-04-10", "2024-04-11", "2024-04-12"],
  },
  { holiday: "ISLAMIC_NEW_YEAR", year: 1447, dates: ["2025-06-27"] },
  { holiday: "PROPHETS_BIRTHDAY", year: 1447, dates: ["2025-09-05"] },
  { holiday: "NATIONAL_DAY", year: 2025, dates: ["2025-12-01", "2025-12-02"] },
];
