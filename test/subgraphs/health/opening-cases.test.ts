/**
 * Hours, an instant in the city, and what holds then: each line of opening-cases.tsv was worked out by
 * hand with a calendar. The columns: hours, hours of Ramadan, instant, state, next change, why.
 */
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { compileHours } from "../../../subgraphs/health/hours-compilation.rules.ts";
import { createOpeningCalendar } from "../../../subgraphs/health/opening-calendar.rules.ts";
import { isOpenAt, nextChange } from "../../../subgraphs/health/opening-schedule.rules.ts";
import { fromRoot } from "../../../platform/root.ts";

const at = (time: string): number => Date.parse(`${time}:00+04:00`);
const cityTime = (instant: number | null): string =>
  instant === null ? "-" : new Date(instant + 4 * 3_600_000).toISOString().slice(0, 16);

const [, ...lines] = readFileSync(fromRoot("test/subgraphs/health/opening-cases.tsv"), "utf8")
  .trimEnd()
  .split("\n");
const cases = lines.map((line) => {
  const [hours = "", ramadan = "", instant = "", state = "", next = "", why = ""] =
    line.split("\t");
  return { hours, ramadan, instant, state, next, why };
});

const answer = ({ hours, ramadan, instant }: (typeof cases)[number]) => {
  const texts = { hours_text: hours, ramadan_hours_text: ramadan || null };
  const { schedule } = compileHours(texts);
  // A calendar of its own, so that nothing is remembered from another zone.
  const calendar = createOpeningCalendar();
  return {
    state: isOpenAt(schedule, calendar, at(instant)) ? "open" : "closed",
    next: cityTime(nextChange(schedule, calendar, at(instant))),
  };
};

describe("opening hours worked out by hand", () => {
  test("are at least 150 cases, none of them twice", () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
    const asked = cases.map(({ hours, ramadan, instant }) => `${hours}|${ramadan}|${instant}`);
    expect(new Set(asked).size).toBe(cases.length);
  });

  test.each(cases)("$why: $hours at $instant is $state until $next", (one) => {
    expect(answer(one)).toEqual({ state: one.state, next: one.next });
  });
});

describe("the zone of the host", () => {
  const zone = process.env["TZ"];
  afterEach(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  test.each([
    ["UTC", 0],
    ["America/New_York", 300],
    ["Pacific/Kiritimati", -840],
  ])("%s changes nothing", (name, offsetMinutes) => {
    process.env["TZ"] = name;
    expect(new Date("2026-01-15T12:00:00Z").getTimezoneOffset()).toBe(offsetMinutes);
    for (const one of cases) expect(answer(one)).toEqual({ state: one.state, next: one.next });
  });
});
