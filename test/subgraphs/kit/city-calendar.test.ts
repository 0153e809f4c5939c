/** The city's days: by known dates, by properties of counting, and in whichever zone the host is. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { announcements } from "../../../subgraphs/kit/announced-holidays.ts";
import {
  cityCalendar,
  createCityCalendar,
  isWeekend,
} from "../../../subgraphs/kit/city-calendar.ts";
import {
  addDays,
  cityDateOf,
  dayMs,
  hijriDateOf,
  isRamadan,
  startOfCityDate,
  weekdayOf,
} from "../../../subgraphs/kit/city-date.ts";

const computed = createCityCalendar([]);
const moments = fc.date({
  min: new Date("2015-01-01T00:00:00Z"),
  max: new Date("2032-01-01T00:00:00Z"),
  noInvalidDate: true,
});

describe("days of the city", () => {
  test("begin at 20:00 UTC of the day before", () => {
    expect(cityDateOf(new Date("2026-02-17T19:59:59.999Z"))).toBe("2026-02-17");
    expect(cityDateOf(new Date("2026-02-17T20:00:00.000Z"))).toBe("2026-02-18");
    expect(startOfCityDate("2026-02-18").toISOString()).toBe("2026-02-17T20:00:00.000Z");
    expect(addDays("2024-02-28", 2)).toBe("2024-03-01");
    expect(weekdayOf("2026-02-18")).toBe(3);
  });

  test.each(["2026-02-30", "2026-2-3", "", "tomorrow", "2026-13-01"])("are not %j", (text) => {
    expect(() => startOfCityDate(text)).toThrow(RangeError);
  });

  test.each([
    ["2026-02-18", { year: 1447, month: 9, day: 1 }],
    ["2026-03-20", { year: 1447, month: 10, day: 1 }],
    ["2024-04-09", { year: 1445, month: 9, day: 30 }],
    ["2025-06-06", { year: 1446, month: 12, day: 10 }],
    ["2025-06-26", { year: 1447, month: 1, day: 1 }],
  ])("%s is its day of Umm al-Qura", (date, expected) => {
    expect(hijriDateOf(date)).toEqual(expected);
  });

  test("are the same in whichever zone the host is", () => {
    const program = `
      import { cityDateOf, hijriDateOf, weekdayOf, startOfCityDate } from "./subgraphs/kit/city-date.ts";
      const date = cityDateOf(new Date("2026-02-17T20:30:00Z"));
      console.log(date, JSON.stringify(hijriDateOf(date)), weekdayOf(date), startOfCityDate(date).toJSON());`;
    const told = ["Pacific/Kiritimati", "America/Los_Angeles"].map((zone) =>
      execFileSync(process.execPath, ["--input-type=module-typescript", "-e", program], {
        env: { ...process.env, TZ: zone },
        encoding: "utf8",
      }),
    );
    expect(told[0]).toBe('2026-02-18 {"year":1447,"month":9,"day":1} 3 2026-02-17T20:00:00.000Z\n');
    expect(told[1]).toBe(told[0]);
  });

  test("are in Ramadan from its first to its last", () => {
    expect(["2026-02-17", "2026-02-18", "2026-03-19", "2026-03-20"].map(isRamadan)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe("public holidays", () => {
  test.each([
    ["2026-01-01", "NEW_YEAR"],
    ["2026-03-19", "EID_AL_FITR"],
    ["2026-03-22", "EID_AL_FITR"],
    ["2025-03-30", "EID_AL_FITR"],
    ["2025-06-05", "ARAFA_DAY"],
    ["2025-06-08", "EID_AL_ADHA"],
    ["2024-07-07", "ISLAMIC_NEW_YEAR"],
    ["2024-09-15", "PROPHETS_BIRTHDAY"],
    ["2024-12-03", "NATIONAL_DAY"],
  ])("%s is computed as %s", (date, holiday) => {
    expect(computed.holidayOn(date)).toMatchObject({ holiday, basis: "COMPUTED" });
  });

  test.each(["2025-03-29", "2025-04-02", "2026-03-18", "2026-03-23", "2025-06-04", "2025-06-09"])(
    "%s, beside a holiday, is none",
    (date) => expect(computed.holidayOn(date)).toBeNull(),
  );

  test("that were moved are where they were moved to, and no more where they were computed", () => {
    expect(cityCalendar.holidayOn("2025-06-26")).toBeNull();
    expect(cityCalendar.holidayOn("2025-06-27")).toMatchObject({
      holiday: "ISLAMIC_NEW_YEAR",
      basis: "ANNOUNCED",
    });
    expect(cityCalendar.holidayOn("2025-12-03")).toBeNull();
    expect(cityCalendar.isWorkingDay("2025-12-01")).toBe(false);
  });

  test("that were announced are dates, each once", () => {
    const dates = announcements.flatMap((one) => one.dates);
    expect(new Set(dates).size).toBe(dates.length);
    for (const date of dates) expect(() => startOfCityDate(date)).not.toThrow();
  });

  test("come to the days of the resolution in every Hijri year", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1437, max: 1462 }), (hijriYear) => {
        // 1437 began in October of 2015, and a Hijri year lasts 354 or 355 days.
        const begins = addDays("2015-10-14", Math.floor((hijriYear - 1437) * 354.367) - 3);
        const days = Array.from({ length: 362 }, (_, day) => addDays(begins, day));
        const inYear = days.filter((date) => hijriDateOf(date).year === hijriYear);
        const count = (holiday: string) =>
          inYear.filter((date) => computed.holidayOn(date)?.holiday === holiday).length;
        expect([354, 355]).toContain(inYear.length);
        expect([3, 4]).toContain(count("EID_AL_FITR"));
        expect(count("ARAFA_DAY")).toBe(1);
        expect(count("EID_AL_ADHA")).toBe(3);
        expect(count("ISLAMIC_NEW_YEAR")).toBe(1);
        expect(count("PROPHETS_BIRTHDAY")).toBe(1);
      }),
    );
  });
});

describe("working days", () => {
  test("leave out Friday and Saturday until 2021, Saturday and Sunday from 2022", () => {
    const week = (from: string) =>
      Array.from({ length: 7 }, (_, day) => addDays(from, day)).filter(isWeekend);
    expect(week("2021-12-19")).toEqual(["2021-12-24", "2021-12-25"]);
    expect(week("2022-01-01")).toEqual(["2022-01-01", "2022-01-02"]);
    expect(isWeekend("2021-12-31")).toBe(true);
    expect(isWeekend("2022-01-07")).toBe(false);
  });

  test.each([
    // Thursday 10:00, two days: Friday and Monday 10:00.
    ["2026-02-05T10:00:00+04:00", 2, "2026-02-09T10:00:00+04:00"],
    // On a Saturday nothing counts until Monday begins: the whole Monday is the day.
    ["2026-02-07T15:00:00+04:00", 1, "2026-02-10T00:00:00+04:00"],
    // Eid al-Fitr (19 to 22 March, Thursday to Sunday) is passed over.
    ["2026-03-18T12:00:00+04:00", 1, "2026-03-23T12:00:00+04:00"],
    // In 2021 Sunday was a working day.
    ["2021-06-03T09:00:00+04:00", 1, "2021-06-06T09:00:00+04:00"],
  ])("from %s, %i of them end at %s", (from, days, expected) => {
    expect(cityCalendar.addWorkingMs(new Date(from), days * dayMs)).toEqual(new Date(expected));
  });

  test("are counted alike in parts and as a whole", () => {
    fc.assert(
      fc.property(moments, moments, moments, (a, b, c) => {
        const { workingMsBetween: between } = cityCalendar;
        expect(between(a, b) + between(b, c)).toBe(between(a, c));
      }),
    );
  });

  test("that are added are counted again, and no earlier moment would do", () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 60 * dayMs }), (from, workingMs) => {
        const end = cityCalendar.addWorkingMs(from, workingMs);
        expect(cityCalendar.workingMsBetween(from, end)).toBe(workingMs);
        const before = new Date(end.getTime() - 1);
        expect(cityCalendar.workingMsBetween(from, before)).toBe(workingMs - 1);
      }),
    );
  });
});
