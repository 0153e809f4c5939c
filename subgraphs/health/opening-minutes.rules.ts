/**
 * Opening hours → what the database answers "open at this time" from, by one containment per facility
 * and no calendar of its own. Days come in four kinds (holiday or not, Ramadan or not) of seven
 * weekdays: 28 slots of 2,880 minutes, since a day's spans may end on the next. Whoever asks knows the
 * kind of today and of yesterday; an announced holiday is therefore right at once, with nothing stored anew.
 */
import { addDays, cityDateOf, startOfCityDate } from "../kit/city-date.ts";
import type { OpeningCalendar } from "./opening-calendar.rules.ts";
import {
  type DateBox,
  lastYear,
  type OpeningExpression,
  toBoxes,
} from "./opening-expression.rules.ts";
import {
  minutesPerDay,
  type WeeklyHours,
  toIntervals,
  toMultirange,
} from "./opening-hours.rules.ts";
import { isAlwaysOpen, type OpeningSchedule, spansOnDay } from "./opening-schedule.rules.ts";

const slotMinutes = 2 * minutesPerDay;
/** Every slot's minutes, from 0 (inclusive) to this (exclusive). */
export const slotsEnd = 4 * 7 * slotMinutes;

/** Bits of a kind of day. */
const holidayBit = 1;
const ramadanBit = 2;

/** Years and month-days, from–to inclusive, in which nothing but the kind of day matters. */
export type OpeningSeason = DateBox & { readonly minutes: WeeklyHours };

export type OpeningMinutes = {
  /** Which bits of a day's kind matter; slots of other kinds are not filled. */
  readonly mask: number;
  /** All year; null when the hours change with dates, and `seasons` hold them. */
  readonly minutes: WeeklyHours | null;
  readonly seasons: readonly OpeningSeason[];
};

const kindOf = (facts: { readonly holiday: boolean; readonly ramadan: boolean }): number =>
  (facts.holiday ? holidayBit : 0) + (facts.ramadan ? ramadanBit : 0);

const mentionsHolidays = (hours: OpeningExpression | null): boolean =>
  hours?.rules.some(({ holidays }) => holidays) ?? false;

function minutesOf(schedule: OpeningSchedule, mask: number, year: number, monthDay: number) {
  const kinds = [0, 1, 2, 3].filter((kind) => (kind & ~mask) === 0);
  return toIntervals(
    kinds.flatMap((kind) =>
      [0, 1, 2, 3, 4, 5, 6].flatMap((weekday) => {
        const holiday = (kind & holidayBit) !== 0;
        const ramadan = (kind & ramadanBit) !== 0;
        const start = (kind * 7 + weekday) * slotMinutes;
        return spansOnDay(schedule, { year, monthDay, weekday, holiday, ramadan }).map(
          ({ from, to }) => [start + from, start + (to > from ? to : to + minutesPerDay)] as const,
        );
      }),
    ),
  );
}

/** Pieces between the places where any of the ranges begins or has ended. */
function cut(ranges: readonly (readonly [number, number])[], first: number, last: number) {
  const starts = new Set([first, ...ranges.flatMap(([from, to]) => [from, to + 1])]);
  const sorted = [...starts].filter((start) => start <= last).toSorted((a, b) => a - b);
  return sorted.map((from, at) => [from, (sorted[at + 1] ?? last + 1) - 1] as const);
}

export function toOpeningMinutes(schedule: OpeningSchedule): OpeningMinutes {
  const { hours, ramadan } = schedule;
  const mask =
    (mentionsHolidays(hours) || mentionsHolidays(ramadan) ? holidayBit : 0) +
    (ramadan ? ramadanBit : 0);
  const boxes = [hours, ramadan].flatMap(
    (one) => one?.rules.flatMap(({ dates }) => dates.flatMap(toBoxes)) ?? [],
  );
  if (boxes.length === 0) return { mask, minutes: minutesOf(schedule, mask, 0, 101), seasons: [] };
  const years = cut(
    boxes.map((box) => box.years),
    0,
    lastYear,
  );
  const monthDays = cut(
    boxes.map((box) => box.monthDays),
    101,
    1_231,
  );
  const seasons = years.flatMap((range) =>
    monthDays
      .map((days) => ({
        years: range,
        monthDays: days,
        minutes: minutesOf(schedule, mask, range[0], days[0]),
      }))
      .filter(({ minutes }) => minutes.length > 0),
  );
  return { mask, minutes: null, seasons };
}

/** A day's part of the question whether something is open. */
export type OpenPoint = {
  readonly year: number;
  readonly monthDay: number;
  readonly kind: number;
  readonly weekday: number;
  /** Minutes from the beginning of that day: 1,440 and more on the day after. */
  readonly minute: number;
};

/** Where an instant (milliseconds since the epoch) lies: on its day, and past midnight of the day before. */
export function openPointsOf(calendar: OpeningCalendar, instant: number): readonly OpenPoint[] {
  const today = cityDateOf(new Date(instant));
  return [today, addDays(today, -1)].map((date) => {
    const facts = calendar.factsOf(date);
    const { year, monthDay, weekday } = facts;
    const minute = Math.floor((instant - startOfCityDate(date).getTime()) / 60_000);
    return { year, monthDay, kind: kindOf(facts), weekday, minute };
  });
}

/** The minute of the slots for hours that heed these bits; as the database computes it. */
export const slotMinuteOf = ({ kind, weekday, minute }: OpenPoint, mask: number): number =>
  ((kind & mask) * 7 + weekday) * slotMinutes + minute;

/** What a facility stores of its hours besides their texts. */
export type StoredMinutes = {
  readonly calendar_mask: number;
  readonly dated: boolean;
  /** An int4multirange, as text; empty when `dated`. */
  readonly open_minutes: string;
  readonly always_open: boolean;
};

export const toStored = (
  schedule: OpeningSchedule,
  { mask, minutes }: OpeningMinutes,
): StoredMinutes => ({
  calendar_mask: mask,
  dated: minutes === null,
  open_minutes: toMultirange(minutes ?? []),
  always_open: isAlwaysOpen(schedule),
});
