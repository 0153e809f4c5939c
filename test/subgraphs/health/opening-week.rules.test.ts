import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openingCalendar } from "../../../subgraphs/health/opening-calendar.rules.ts";
import { parseOpeningHours } from "../../../subgraphs/health/opening-hours-text.rules.ts";
import { createSchedule, isOpenAt } from "../../../subgraphs/health/opening-schedule.rules.ts";
import { openingWeek, weekOf as weekFrom } from "../../../subgraphs/health/opening-week.rules.ts";
import { openingExpressions } from "./opening-arbitraries.ts";

const at = (time: string): number => Date.parse(`${time}+04:00`);
const minute = 60_000;
const cityTime = (instant: number): string =>
  new Date(instant + 240 * minute).toISOString().slice(5, 16);
const scheduleOf = (hours: string, ramadan?: string) =>
  createSchedule(parseOpeningHours(hours), ramadan ? parseOpeningHours(ramadan) : null);

const weekOf = (from: string, ...texts: [string, string?]) =>
  openingWeek(scheduleOf(...texts), openingCalendar, at(from)).map(({ date, spans }) => [
    date,
    ...spans.map(({ opens, closes }) => `${cityTime(opens)}/${cityTime(closes)}`),
  ]);

describe("the week of a facility", () => {
  test("begins on the city's day of the given time, and has seven days", () => {
    const week = weekOf("2020-03-27T00:10:00", "Mo-Fr 09:00-13:00,16:00-20:00; Sa off");
    expect(week).toEqual([
      ["2020-03-27", "03-27T09:00/03-27T13:00", "03-27T16:00/03-27T20:00"],
      ["2020-03-28"],
      ["2020-03-29"],
      ["2020-03-30", "03-30T09:00/03-30T13:00", "03-30T16:00/03-30T20:00"],
      ["2020-03-31", "03-31T09:00/03-31T13:00", "03-31T16:00/03-31T20:00"],
      ["2020-04-01", "04-01T09:00/04-01T13:00", "04-01T16:00/04-01T20:00"],
      ["2020-04-02", "04-02T09:00/04-02T13:00", "04-02T16:00/04-02T20:00"],
    ]);
  });

  test("lists a span past midnight once, on its evening, also from Sunday to Monday", () => {
    const week = weekOf("2020-03-29T23:59:00", "Su 22:00-02:00; Mo 20:00-23:00");
    expect(week.slice(0, 2)).toEqual([
      ["2020-03-29", "03-29T22:00/03-30T02:00"],
      ["2020-03-30", "03-30T20:00/03-30T23:00"],
    ]);
  });

  test("shows day and night as whole days", () => {
    const week = weekOf("2020-03-25T12:00:00", "24/7");
    expect(week).toHaveLength(7);
    expect(week[4]).toEqual(["2020-03-29", "03-29T00:00/03-30T00:00"]);
    expect(week[6]).toEqual(["2020-03-31", "03-31T00:00/04-01T00:00"]);
  });

  test("goes from Ramadan into Eid, and names the holidays", () => {
    const schedule = scheduleOf("Mo-Su 09:00-21:00; PH 16:00-20:00", "Mo-Su 10:00-15:00; PH off");
    const week = openingWeek(schedule, openingCalendar, at("2026-03-18T12:00:00"));
    expect(
      week.map(({ date, spans, holiday, ramadan }) => [
        date.slice(5),
        spans.map(({ opens }) => cityTime(opens).slice(6)).join(),
        holiday?.name.en ?? "",
        ramadan,
      ]),
    ).toEqual([
      ["03-18", "10:00", "", true],
      ["03-19", "", "Eid al-Fitr", true],
      ["03-20", "16:00", "Eid al-Fitr", false],
      ["03-21", "16:00", "Eid al-Fitr", false],
      ["03-22", "16:00", "Eid al-Fitr", false],
      ["03-23", "09:00", "", false],
      ["03-24", "09:00", "", false],
    ]);
  });

  test("says open exactly when the hours and the roster of duty do, from whatever day it begins", () => {
    // Hours of the shift's beginning in the week, and its length: up to a day.
    const shifts = fc.array(
      fc.tuple(fc.integer({ min: -30 * 60, max: 8 * 1_440 }), fc.integer({ min: 1, max: 1_440 })),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(
        openingExpressions,
        fc.option(openingExpressions),
        fc.integer({ min: 1_550_000_000, max: 1_850_000_000 }),
        shifts,
        fc.integer({ min: 1_440, max: 7 * 1_440 - 1 }),
        (hours, ramadan, seconds, roster, ahead) => {
          const schedule = createSchedule(hours, ramadan);
          const { from } = weekFrom(seconds * 1_000);
          const duty = roster.map(([begin, length]) => {
            const opens = from + begin * minute;
            return { opens, closes: opens + length * minute };
          });
          const week = openingWeek(schedule, openingCalendar, seconds * 1_000, duty);
          // From the second day on: what began on the day before the first is not in the table.
          const instant = from + ahead * minute;
          const shown = week.flatMap(({ spans }) =>
            spans.filter(({ opens, closes }) => opens <= instant && instant < closes),
          );
          expect(shown.length > 0).toBe(isOpenAt(schedule, openingCalendar, instant, duty));
          expect(shown.some(({ onDuty }) => !onDuty)).toBe(
            isOpenAt(schedule, openingCalendar, instant),
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("shows a night on duty beside the hours, and none that the hours cover", () => {
    const duty = [
      { opens: at("2020-03-27T22:00:00"), closes: at("2020-03-28T08:00:00") },
      { opens: at("2020-03-29T10:00:00"), closes: at("2020-03-29T12:00:00") },
    ];
    const schedule = scheduleOf("Mo-Su 09:00-22:00");
    const week = openingWeek(schedule, openingCalendar, at("2020-03-27T12:00:00"), duty);
    expect(week[0]?.spans.map(({ opens, onDuty }) => [cityTime(opens), onDuty])).toEqual([
      ["03-27T09:00", false],
      ["03-27T22:00", true],
    ]);
    expect(week[2]?.spans).toHaveLength(1);
  });
});
