/**
 * Daily figures: what may be published, and the periods that days are added up to. Days are calendar
 * days of the city, YYYY-MM-DD. Pure.
 */
import { badUserInput } from "../kit/errors.ts";
import type { FigureMetric } from "./tables.ts";

export const figuresScope = "figures:write";
export const maxFigures = 1_000;
/** More in one day is a slip of the keyboard: the country has about ten million people. */
export const maxValue = 10_000_000;

/** DAY, WEEK (ISO 8601, from Monday), WORKING_WEEK (from the first working day), MONTH. */
export const figurePeriods = ["DAY", "WEEK", "WORKING_WEEK", "MONTH"] as const;
export type FigurePeriodKind = (typeof figurePeriods)[number];

export type DayFigure = {
  readonly metric: FigureMetric;
  readonly day: string;
  readonly value: number;
};

const millisecondsPerDay = 86_400_000;
const cityOffsetMilliseconds = 4 * 3_600_000;

/** The city's calendar day of an instant (milliseconds since the epoch). */
export const cityDay = (instant: number): string =>
  new Date(instant + cityOffsetMilliseconds).toISOString().slice(0, 10);

/**
 * @param now milliseconds since the epoch.
 * @throws GraphQLError BAD_USER_INPUT that names the place of the first wrong figure.
 */
export function checkFigures(figures: readonly DayFigure[], now: number): void {
  if (figures.length === 0 || figures.length > maxFigures) {
    throw badUserInput(`\`figures\` must hold 1 to ${maxFigures} figures, not ${figures.length}.`);
  }
  const today = cityDay(now);
  const seen = new Set<string>();
  for (const [index, { metric, day, value }] of figures.entries()) {
    const at = `input.figures.${index}`;
    const wrong = (text: string) => badUserInput(`\`${at}\`: ${text}`, { argument: at });
    if (day < "1900-01-01" || day > today) throw wrong(`${day} is to come or long past.`);
    if (!Number.isInteger(value) || value < 0 || value > maxValue) {
      throw wrong(`the value must be from 0 to ${maxValue}, not ${value}.`);
    }
    if (seen.has(`${metric} ${day}`))
      throw wrong(`${metric} of ${day} stands twice: give it once.`);
    seen.add(`${metric} ${day}`);
  }
}

const addDays = (day: string, count: number): string =>
  new Date(Date.parse(day) + count * millisecondsPerDay).toISOString().slice(0, 10);

/**
 * The last day that belongs to the period which begins on `start`. Until 2021 the UAE worked from
 * Sunday to Thursday, since 2022 from Monday to Friday, so that the working week of 26 December 2021
 * has eight days: the next began on Monday, 3 January 2022.
 */
export function periodEnd(kind: FigurePeriodKind, start: string): string {
  if (kind === "DAY") return start;
  if (kind === "WEEK") return addDays(start, 6);
  if (kind === "WORKING_WEEK") return addDays(start, start === "2021-12-26" ? 7 : 6);
  const [year = 0, month = 0] = start.split("-").map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}
