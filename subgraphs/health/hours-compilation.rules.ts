/**
 * Texts of opening hours → what a facility stores of them, and the schedule that resolvers ask. There
 * are a few dozen texts for thousands of facilities, so each is read once and kept.
 */
import { LRUCache } from "lru-cache";
import { toMultirange } from "./opening-hours.rules.ts";
import { parseOpeningHours } from "./opening-hours-text.rules.ts";
import { type StoredMinutes, toOpeningMinutes, toStored } from "./opening-minutes.rules.ts";
import { createSchedule, type OpeningSchedule } from "./opening-schedule.rules.ts";
import type { FacilitySeasonTable } from "./tables.ts";

export type HoursTexts = {
  readonly hours_text: string;
  readonly ramadan_hours_text: string | null;
};

export type CompiledHours = {
  readonly schedule: OpeningSchedule;
  readonly stored: StoredMinutes;
  /** Rows of `facility_season`, without their facility. */
  readonly seasons: readonly Omit<FacilitySeasonTable, "facility_id">[];
};

const kept = new LRUCache<string, CompiledHours>({ max: 5_000 });

const toRange = ([from, to]: readonly [number, number]): string => `[${from},${to + 1})`;

function compile({ hours_text, ramadan_hours_text }: HoursTexts): CompiledHours {
  const ramadan = ramadan_hours_text === null ? null : parseOpeningHours(ramadan_hours_text);
  const schedule = createSchedule(parseOpeningHours(hours_text), ramadan);
  const minutes = toOpeningMinutes(schedule);
  return {
    schedule,
    stored: toStored(schedule, minutes),
    seasons: minutes.seasons.map((season) => ({
      years: toRange(season.years),
      month_days: toRange(season.monthDays),
      open_minutes: toMultirange(season.minutes),
    })),
  };
}

/** @throws OpeningHoursSyntaxError when one of the texts does not parse. */
export function compileHours(texts: HoursTexts): CompiledHours {
  const key = JSON.stringify([texts.hours_text, texts.ramadan_hours_text]);
  const before = kept.get(key);
  if (before) return before;
  const compiled = compile(texts);
  kept.set(key, compiled);
  return compiled;
}
