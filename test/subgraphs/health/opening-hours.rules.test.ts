import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cityDateOf } from "../../../subgraphs/kit/city-date.ts";
import { compileHours } from "../../../subgraphs/health/hours-compilation.rules.ts";
import {
  createOpeningCalendar,
  openingCalendar,
} from "../../../subgraphs/health/opening-calendar.rules.ts";
import type {
  OpeningExpression,
  OpeningRule,
} from "../../../subgraphs/health/opening-expression.rules.ts";
import {
  OpeningHoursSyntaxError,
  parseOpeningHours,
} from "../../../subgraphs/health/opening-hours-text.rules.ts";
import { printOpeningHours } from "../../../subgraphs/health/opening-hours-print.rules.ts";
import {
  fromMultirange,
  minuteOfWeek,
  minutesPerWeek,
  regularWeek,
  toMultirange,
} from "../../../subgraphs/health/opening-hours.rules.ts";
import {
  openPointsOf,
  slotMinuteOf,
  toOpeningMinutes,
} from "../../../subgraphs/health/opening-minutes.rules.ts";
import {
  createSchedule,
  isOpenAt,
  nextChange,
  type OpeningSchedule,
  type OpenSpan,
} from "../../../subgraphs/health/opening-schedule.rules.ts";
import {
  sampleHours,
  sampleHoursOf,
  sampleRamadanHoursOf,
} from "../../../subgraphs/health/sample-hours.rules.ts";
import { facilityKinds } from "../../../subgraphs/health/tables.ts";
import { openingExpressions } from "./opening-arbitraries.ts";

const at = (time: string): number => Date.parse(`${time}+04:00`);
const minute = 60_000;
const day = 1_440 * minute;

/**
 * What a text means, written a second time and naively: for the day and for the day before, the last
 * rule that names it, minute by minute.
 */
function meansOpen(hours: OpeningExpression, ramadan: OpeningExpression | null, instant: number) {
  return [0, 1].some((back) => {
    const date = cityDateOf(new Date(instant - back * day));
    const { year, monthDay, weekday, holiday, ramadan: fasting } = openingCalendar.factsOf(date);
    const names = (rule: OpeningRule) => {
      const dates = rule.dates.some((one) => {
        const key = year * 10_000 + monthDay;
        if (one.kind === "dates") {
          const of = (end: { year: number; month: number; day: number }) =>
            end.year * 10_000 + end.month * 100 + end.day;
          return of(one.from) <= key && key <= of(one.to);
        }
        const { years, months } = one;
        const first = months ? months.from.month * 100 + (months.from.day ?? 1) : 101;
        const last = months ? months.to.month * 100 + (months.to.day ?? 31) : 1_231;
        const afterNewYear = last < first && monthDay <= last;
        const inMonths =
          last < first ? afterNewYear || monthDay >= first : first <= monthDay && monthDay <= last;
        // A winter belongs to the year in which it begins.
        const begins = afterNewYear ? year - 1 : year;
        return inMonths && (!years || (begins >= years.from && begins <= (years.to ?? 9_999)));
      });
      if (rule.dates.length > 0 && !dates) return false;
      if (rule.days.length === 0 && !rule.holidays) return true;
      const named = rule.days.some(({ first, last }) => {
        for (let one = first; ; one = (one + 1) % 7) {
          if (one === weekday) return true;
          if (one === last) return false;
        }
      });
      return named || (rule.holidays && holiday);
    };
    const rules = (fasting && ramadan ? ramadan : hours).rules.filter(names);
    const past = Math.floor((instant - Date.parse(`${date}T00:00:00+04:00`)) / minute);
    return (rules.at(-1)?.spans ?? []).some(({ from, to }) => {
      const end = to > from ? to : to + 1_440;
      return from <= past && past < end;
    });
  });
}

/** Whether a text is read, and so is its print; or is refused at a place within it. */
function readOrPlace(text: string): boolean {
  try {
    const hours = parseOpeningHours(text);
    return isDeepStrictEqual(parseOpeningHours(printOpeningHours(hours)), hours);
  } catch (error) {
    if (!(error instanceof OpeningHoursSyntaxError)) throw error;
    return error.position >= 1 && error.position <= text.length + 1;
  }
}

/** Any minute of 2019 to 2029; half of them around Ramadan, Eid and turns of the year. */
const instants = fc
  .oneof(
    fc.integer({ min: at("2019-01-01T00:00") / minute, max: at("2029-12-31T00:00") / minute }),
    fc
      .tuple(
        fc.constantFrom(
          "2020-05-23",
          "2026-02-18",
          "2026-03-20",
          "2021-12-31",
          "2026-12-02",
          "2024-02-29",
        ),
        fc.integer({ min: -3 * 1_440, max: 4 * 1_440 }),
      )
      .map(([date, minutes]) => at(`${date}T00:00`) / minute + minutes),
  )
  .map((minutes) => minutes * minute);
const schedules = fc.tuple(openingExpressions, fc.option(openingExpressions));

describe("a text of opening hours", () => {
  test("read from its print is the same as before", () => {
    fc.assert(
      fc.property(openingExpressions, (hours) => {
        expect(parseOpeningHours(printOpeningHours(hours))).toEqual(hours);
      }),
      { numRuns: 500 },
    );
  });

  test("means what its last rule for the day says, read naively", () => {
    fc.assert(
      fc.property(schedules, instants, ([hours, ramadan], instant) => {
        const open = isOpenAt(createSchedule(hours, ramadan), openingCalendar, instant);
        expect(open).toBe(meansOpen(hours, ramadan, instant));
      }),
      { numRuns: 2_000 },
    );
  });

  test("is stored so that one containment says the same as the rules", () => {
    fc.assert(
      fc.property(schedules, instants, ([hours, ramadan], instant) => {
        const schedule = createSchedule(hours, ramadan);
        const { mask, minutes, seasons } = toOpeningMinutes(schedule);
        const stored = openPointsOf(openingCalendar, instant).some((point) => {
          const held = seasons.filter(
            ({ years, monthDays }) =>
              years[0] <= point.year &&
              point.year <= years[1] &&
              monthDays[0] <= point.monthDay &&
              point.monthDay <= monthDays[1],
          );
          expect(held.length).toBeLessThanOrEqual(1);
          const slot = slotMinuteOf(point, mask);
          return (minutes ?? held[0]?.minutes ?? []).some(
            ([from, to]) => from <= slot && slot < to,
          );
        });
        expect(stored).toBe(isOpenAt(schedule, openingCalendar, instant));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ["24/7", [[0, 10_080]]],
    ["Mo-Su 00:00-24:00", [[0, 10_080]]],
    ["off", []],
    [
      "Mo 09:00-13:00,17:00-21:00",
      [
        [540, 780],
        [1_020, 1_260],
      ],
    ],
    ["Mo 22:00-02:00", [[1_320, 1_560]]],
    [
      "Su 22:00-02:00",
      [
        [0, 120],
        [9_960, 10_080],
      ],
    ],
    [
      "Su-Mo 23:00-24:00",
      [
        [1_380, 1_440],
        [10_020, 10_080],
      ],
    ],
    ["10:00-11:00; Tu-Su off", [[600, 660]]],
    ["Mo,We 10:00-11:00;We off", [[600, 660]]],
    ["Mo 10:00-12:00,11:00-13:00,13:00-14:00", [[600, 840]]],
    ["24/7; Tu-Su closed", [[0, 1_440]]],
  ])("%s is the minutes %j of a regular week", (text, intervals) => {
    const week = regularWeek(parseOpeningHours(text));
    expect(week).toEqual(intervals);
    expect(fromMultirange(toMultirange(week))).toEqual(week);
  });

  test.each([
    ["", 1, "a time such as 09:00"],
    ["Mo", 3, "a space and times, or off"],
    ["Mo ", 4, "a time such as 09:00"],
    ["Xx 09:00-10:00", 1, "a day such as Mo, or PH"],
    ["Mo-Fr 9:00-10:00", 7, "a time such as 09:00"],
    ["Mo-Fr 09:00", 12, '"-" and a closing time'],
    ["Mo-Fr 24:00-25:00", 7, "a time up to 23:59"],
    ["Mo-Fr 09:00-25:00", 13, "a time up to 24:00"],
    ["Mo-Fr 09:60-10:00", 7, "a time up to 23:59"],
    ["Mo-Fr 08:00-08:00", 13, "a closing time that differs from the opening time"],
    ["Mo-Fr 09:00-17:00; SH off", 20, "a day such as Mo, or PH"],
    ["Mo-PH 09:00-17:00", 4, "a day such as Mo, or PH"],
    ["Mo[1] 09:00-17:00", 3, "a space and times, or off"],
    ["Mo-Fr sunrise-sunset", 7, "a time such as 09:00"],
    ["Mo-Fr 09:00+", 12, '"-" and a closing time'],
    ["Mo-Fr 09:00-17:00, Sa 10:00-12:00", 19, "a time such as 09:00"],
    ["Mo-Fr 09:00-17:00 || on call", 22, "a comment in quotation marks"],
    ['Mo-Fr 09:00-17:00 || "on call"; Sa off', 31, "the end"],
    ['Mo-Fr 09:00-17:00 "ring', 19, "a comment in quotation marks"],
    ["Mo-Fr 09:00-17:00;", 19, "a time such as 09:00"],
    ["Mo-Fr 09:00-17:00 Sa", 18, '";" and another rule, or the end'],
    ["Feb 30 off", 5, "a day of Feb from 1 to 29"],
    ["Jun 0 off", 5, "a day of Jun from 1 to 30"],
    ["Jun-Xyz off", 5, "a month such as Jan"],
    ["Jun 15-Aug off", 11, "a space and a day of the month"],
    ["Jun-Aug 15 off", 11, "a month without a day"],
    ["Jun 15-10 off", 8, "a day after 15"],
    ["2026-2020 off", 6, "a year after 2026"],
    ["2026 Dec 30-2025 Jan 02 off", 13, "a year after 2026"],
    ["2026", 5, "a space and days, times, or off"],
    ["Ramadan 09:00-15:00", 1, "a day such as Mo, or PH"],
  ])("%j is refused at character %i", (text, position, expected) => {
    const parse = () => parseOpeningHours(text);
    expect(parse).toThrow(OpeningHoursSyntaxError);
    expect(parse).toThrow(expected);
    expect(parse).toThrow(`at character ${position}, found`);
  });

  test("of any characters is read or refused with a place, and nothing else happens", () => {
    const pieces = fc.constantFrom(
      "Mo",
      "Fr",
      "PH",
      "Jun",
      "2026",
      "-",
      ",",
      ";",
      " ",
      "09:00",
      "17:00",
      "24/7",
      "off",
      "||",
      '"a"',
      "15",
      "+",
      "é",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
        const text = parts.join("");
        expect(readOrPlace(text)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the minute of the week", () => {
  test.each([
    ["2020-03-23T00:00:00", 0],
    ["2020-03-23T00:00:59", 0],
    ["2020-03-22T23:59:59", minutesPerWeek - 1],
    ["2026-11-27T09:30:00", 4 * 1_440 + 570],
    ["1969-12-29T00:00:00", 0],
  ])("%s in Dubai is %i", (time, expected) => {
    expect(minuteOfWeek(at(time))).toBe(expected);
  });
});

describe("the next change", () => {
  const isFirstChange = (
    schedule: OpeningSchedule,
    instant: number,
    besides: readonly OpenSpan[],
    lookMinutes: number,
  ) => {
    const open = (time: number) => isOpenAt(schedule, openingCalendar, time, besides);
    const now = open(instant);
    const change = nextChange(schedule, openingCalendar, instant, besides);
    const first = Array.from({ length: lookMinutes }, (_, n) => instant + (n + 1) * minute).find(
      (time) => open(time) !== now,
    );
    if (first !== undefined) return change === first;
    if (change === null) return true;
    const later = change > instant + lookMinutes * minute;
    return later && open(change) !== now && open(change - minute) === now;
  };

  test("is the first minute at which open and closed change places, counted one by one", () => {
    fc.assert(
      fc.property(schedules, instants, ([hours, ramadan], instant) => {
        expect(isFirstChange(createSchedule(hours, ramadan), instant, [], 3 * 1_440)).toBe(true);
      }),
      { numRuns: 120 },
    );
  }, 30_000);

  test("counts nights on duty as open, also where they touch the hours", () => {
    const shift = fc
      .tuple(fc.integer({ min: -1_440, max: 3 * 1_440 }), fc.integer({ min: 1, max: 1_440 }))
      .map(([from, length]) => ({ from, length }));
    fc.assert(
      fc.property(
        schedules,
        instants,
        fc.array(shift, { minLength: 1, maxLength: 3 }),
        ([hours, ramadan], instant, shifts) => {
          const besides = shifts.map(({ from, length }) => ({
            opens: instant + from * minute,
            closes: instant + (from + length) * minute,
          }));
          const schedule = createSchedule(hours, ramadan);
          expect(isFirstChange(schedule, instant, besides, 3 * 1_440)).toBe(true);
        },
      ),
      { numRuns: 120 },
    );
  }, 30_000);

  test("is exact to the second and never comes for what is always open or closed", () => {
    const of = (text: string) => createSchedule(parseOpeningHours(text), null);
    expect(nextChange(of("09:00-17:00"), openingCalendar, at("2020-03-23T08:59:59"))).toBe(
      at("2020-03-23T09:00:00"),
    );
    expect(nextChange(of("24/7"), openingCalendar, at("2020-03-23T00:00:00"))).toBeNull();
    expect(nextChange(of("off"), openingCalendar, at("2020-03-23T00:00:00"))).toBeNull();
  });
});

describe("the calendar", () => {
  test("asks about the holiday of a day once, and takes what was announced", () => {
    const asked: string[] = [];
    const calendar = createOpeningCalendar((date) => {
      asked.push(date);
      return null;
    });
    expect(calendar.factsOf("2026-12-02").holiday).toBe(false);
    calendar.factsOf("2026-12-02");
    expect(asked).toEqual(["2026-12-02"]);
    expect(openingCalendar.factsOf("2025-12-01")).toEqual({
      year: 2025,
      monthDay: 1_201,
      weekday: 0,
      holiday: true,
      ramadan: false,
    });
  });
});

describe("sample hours", () => {
  test.each(facilityKinds)("of the kind %s all parse, and so do those of Ramadan", (kind) => {
    for (const hours_text of sampleHours[kind]) {
      const { schedule } = compileHours({
        hours_text,
        ramadan_hours_text: sampleRamadanHoursOf(hours_text),
      });
      expect(schedule.hours.rules.some(({ spans }) => spans.length > 0)).toBe(true);
    }
  });

  test("are the same for the same licence and spread over all patterns of a kind", () => {
    const numbers = Array.from({ length: 400 }, (_, n) => `${47_000 + n}`.padStart(7, "0"));
    const texts = numbers.map((number) => sampleHoursOf(number, "PHARMACY"));
    expect(numbers.map((number) => sampleHoursOf(number, "PHARMACY"))).toEqual(texts);
    const counts = Map.groupBy(texts, (text) => text);
    for (const pattern of sampleHours.PHARMACY) {
      expect(counts.get(pattern)?.length ?? 0).toBeGreaterThan(20);
    }
  });

  test("show what hours in the city are like", () => {
    const texts = Object.values(sampleHours).flat();
    expect(texts).toContain("24/7");
    for (const shape of [/,1[67]:/, /; Fr /, /PH off/, /2022\+/, /\|\| "/, /-0[12]:00/]) {
      expect(texts.some((text) => shape.test(text))).toBe(true);
    }
    expect(texts.some((text) => sampleRamadanHoursOf(text) !== null)).toBe(true);
  });
});
