import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  OpeningHoursSyntaxError,
  parseOpeningHours,
} from "../../../subgraphs/health/opening-hours-text.rules.ts";
import {
  fromMultirange,
  isOpen,
  minuteOfWeek,
  minutesPerDay,
  minutesPerWeek,
  nextChange,
  toMultirange,
} from "../../../subgraphs/health/opening-hours.rules.ts";
import { sampleHours, sampleHoursOf } from "../../../subgraphs/health/sample-hours.rules.ts";
import { facilityKinds } from "../../../subgraphs/health/tables.ts";

const days = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] as const;
const at = (time: string): number => Date.parse(`${time}+04:00`);
/** Monday 2020-03-23 00:00 in Dubai. */
const monday = at("2020-03-23T00:00:00");
const minute = 60_000;
const clockTime = (minutes: number): string =>
  `${`${Math.floor(minutes / 60)}`.padStart(2, "0")}:${`${minutes % 60}`.padStart(2, "0")}`;

/** A week minute by minute, made without intervals: what the rules must agree with. */
function minutesOpen(week: readonly (readonly { from: number; to: number }[])[]): boolean[] {
  const open = Array.from({ length: minutesPerWeek }, () => false);
  for (const [day, spans] of week.entries()) {
    for (const { from, to } of spans) {
      const length = to > from ? to - from : to + minutesPerDay - from;
      for (let n = 0; n < length; n += 1) {
        open[(day * minutesPerDay + from + n) % minutesPerWeek] = true;
      }
    }
  }
  return open;
}

const span = fc
  .record({ from: fc.integer({ min: 0, max: 1_439 }), to: fc.integer({ min: 0, max: 1_440 }) })
  .filter(({ from, to }) => from !== to);
const rule = fc.record({
  first: fc.integer({ min: 0, max: 6 }),
  last: fc.integer({ min: 0, max: 6 }),
  spans: fc.array(span, { maxLength: 3 }),
});
type Rule = typeof rule extends fc.Arbitrary<infer Value> ? Value : never;

function textOf(rules: readonly Rule[]): string {
  const one = ({ first, last, spans }: Rule) => {
    const named = first === last ? days[first] : `${days[first]}-${days[last]}`;
    const times = spans.map(({ from, to }) => `${clockTime(from)}-${clockTime(to)}`).join(",");
    return `${named} ${times || "off"}`;
  };
  return rules.map(one).join("; ");
}

function weekOf(rules: readonly Rule[]): Rule["spans"][] {
  const week: Rule["spans"][] = days.map(() => []);
  for (const { first, last, spans } of rules) {
    for (let n = 0; n <= (last - first + 7) % 7; n += 1) week[(first + n) % 7] = spans;
  }
  return week;
}

const someRules = fc.array(rule, { minLength: 1, maxLength: 4 });

describe("a text of opening hours", () => {
  test("means the same as counting its minutes one by one", () => {
    fc.assert(
      fc.property(someRules, (rules) => {
        const hours = parseOpeningHours(textOf(rules));
        const expected = minutesOpen(weekOf(rules));
        const actual = expected.map((_, n) => isOpen(hours, monday + n * minute));
        expect(actual).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test("becomes sorted intervals that do not touch, and survives as a multirange", () => {
    fc.assert(
      fc.property(someRules, (rules) => {
        const hours = parseOpeningHours(textOf(rules));
        for (const [n, [from, to]] of hours.entries()) {
          expect(from).toBeGreaterThan(n === 0 ? -1 : (hours[n - 1]?.[1] ?? 0));
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(minutesPerWeek);
        }
        expect(fromMultirange(toMultirange(hours))).toEqual(hours);
      }),
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
  ])("%s is the minutes %j of the week", (text, intervals) => {
    expect(parseOpeningHours(text)).toEqual(intervals);
  });

  test.each([
    ["", 1, "a time such as 09:00"],
    ["Mo", 3, "a space and times, or off"],
    ["Mo ", 4, "a time such as 09:00"],
    ["Xx 09:00-10:00", 1, "a day such as Mo"],
    ["Mo-Fr 9:00-10:00", 7, "a time such as 09:00"],
    ["Mo-Fr 09:00", 12, '"-" and a closing time'],
    ["Mo-Fr 24:00-25:00", 7, "a time up to 23:59"],
    ["Mo-Fr 09:00-25:00", 13, "a time up to 24:00"],
    ["Mo-Fr 09:60-10:00", 7, "a time up to 23:59"],
    ["Mo-Fr 08:00-08:00", 13, "a closing time that differs from the opening time"],
    ["Mo-Fr 09:00-17:00; PH off", 20, "a day such as Mo"],
    ["Mo-Fr 09:00-17:00 || on call", 18, '";" and another rule, or the end'],
    ["Mo-Fr 09:00-17:00;", 19, "a time such as 09:00"],
    ["24/7; Fr off", 1, "a time such as 09:00"],
  ])("%j is refused at character %i", (text, position, expected) => {
    const parse = () => parseOpeningHours(text);
    expect(parse).toThrow(OpeningHoursSyntaxError);
    expect(parse).toThrow(`expected ${expected} at character ${position}, found`);
  });
});

describe("the minute of the week", () => {
  test.each([
    ["2020-03-23T00:00:00", 0],
    ["2020-03-23T00:00:59", 0],
    ["2020-03-22T23:59:59", 10_079],
    ["2026-11-27T09:30:00", 4 * 1_440 + 570],
    ["1969-12-29T00:00:00", 0],
  ])("%s in Dubai is %i", (time, expected) => {
    expect(minuteOfWeek(at(time))).toBe(expected);
  });
});

describe("the next change", () => {
  test("is the first minute at which open and closed change places", () => {
    fc.assert(
      fc.property(
        someRules,
        fc.integer({ min: 0, max: minutesPerWeek * 60 - 1 }),
        (rules, second) => {
          const hours = parseOpeningHours(textOf(rules));
          const open = minutesOpen(weekOf(rules));
          const now = Math.floor(second / 60);
          const ahead = open.findIndex((_, n) => open[(now + n) % minutesPerWeek] !== open[now]);
          const expected = ahead === -1 ? null : monday + (now + ahead) * minute;
          expect(nextChange(hours, monday + second * 1_000)).toBe(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("goes round the end of the week, where hours are cut in two", () => {
    const hours = parseOpeningHours("Su 22:00-02:00");
    expect(nextChange(hours, at("2020-03-29T23:30:00"))).toBe(at("2020-03-30T02:00:00"));
    expect(nextChange(hours, at("2020-03-30T02:00:00"))).toBe(at("2020-04-05T22:00:00"));
  });

  test("never comes for what is always open or always closed", () => {
    expect(nextChange(parseOpeningHours("24/7"), monday)).toBeNull();
    expect(nextChange(parseOpeningHours("off"), monday)).toBeNull();
  });
});

describe("sample hours", () => {
  test.each(facilityKinds)("of the kind %s all parse", (kind) => {
    for (const text of sampleHours[kind]) expect(parseOpeningHours(text)).not.toEqual([]);
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

  test("of pharmacies show what hours in the city are like", () => {
    const texts = sampleHours.PHARMACY;
    expect(texts).toContain("24/7");
    expect(texts.some((text) => /,1[67]:/.test(text))).toBe(true);
    expect(texts.some((text) => /; Fr /.test(text))).toBe(true);
    const halfPastMidnight = monday + 30 * minute;
    const open = texts.filter((text) => isOpen(parseOpeningHours(text), halfPastMidnight));
    expect(open).toContain("Mo-Su 08:30-01:00");
  });
});
