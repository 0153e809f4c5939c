/**
 * What a client filters doctors by → what the store looks for; how names are compared; working times
 * as people read them. Pure.
 */
import { badUserInput } from "../kit/errors.ts";
import { maxTextLength } from "./facility-filter.rules.ts";
import { minuteOfWeek, minutesPerDay, type WeeklyHours } from "./opening-hours.rules.ts";
import type { Gender } from "./tables.ts";

export type GivenPractitionerFilter = {
  readonly speciality?: string | null;
  readonly gender?: Gender | null;
  readonly languages?: readonly string[] | null;
  readonly availableAt?: Date | null;
  readonly text?: string | null;
};

export type PractitionerCriteria = {
  /** Lower case. */
  readonly speciality?: string;
  readonly gender?: Gender;
  /** Each of these is spoken. */
  readonly languages: readonly string[];
  readonly minuteOfWeek?: number;
  /** Normalised; each of these must be found. */
  readonly words: readonly string[];
};

/**
 * Names as they are compared: without case, diacritics and punctuation, and with the Arabic letters
 * that are written one for another (أ إ آ ا, ة ه, ى ي) made one.
 */
export const normaliseName = (name: string): string =>
  name
    .normalize("NFKD")
    .replaceAll(/[\p{M}\u0640]/gu, "")
    .toLowerCase()
    .replaceAll("\u0671", "\u0627")
    .replaceAll("\u0629", "\u0647")
    .replaceAll("\u0649", "\u064a")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

const titles: ReadonlySet<string> = new Set(["dr", "doctor", "د", "دكتور", "دكتوره", "الدكتور"]);

function readText(name: string, value: string | null | undefined): string {
  const text = value ?? "";
  if (text.length <= maxTextLength) return text;
  throw badUserInput(
    `\`filter.${name}\` may have up to ${maxTextLength} characters, not ${text.length}.`,
  );
}

function readLanguage(code: string): string {
  if (/^[a-z]{2,3}$/.test(code)) return code;
  throw badUserInput(
    "`filter.languages` must hold ISO 639 codes of two or three lower-case letters, for example ar.",
  );
}

/** @throws GraphQLError BAD_USER_INPUT for a text over 100 characters or a language that is no code. */
export function readPractitionerFilter(
  given: GivenPractitionerFilter | null | undefined,
): PractitionerCriteria {
  const { gender, languages, availableAt } = given ?? {};
  const speciality = readText("speciality", given?.speciality).trim().toLowerCase();
  const words = normaliseName(readText("text", given?.text)).split(" ");
  return {
    ...(speciality === "" ? {} : { speciality }),
    ...(gender ? { gender } : {}),
    ...(availableAt ? { minuteOfWeek: minuteOfWeek(availableAt.getTime()) } : {}),
    languages: [...new Set((languages ?? []).map(readLanguage))].toSorted((a, b) =>
      a.localeCompare(b),
    ),
    words: words.filter((word) => word !== "" && !titles.has(word)),
  };
}

/** `weekday` as in ISO 8601: 1 is Monday. Times are HH:MM, 24:00 is midnight at the day's end. */
export type WorkingSpan = {
  readonly weekday: number;
  readonly from: string;
  readonly to: string;
};

const clockTime = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => `${part}`.padStart(2, "0")).join(":");

/** Intervals of the week → spans of days; what crosses midnight becomes two. */
export const toWorkingSpans = (hours: WeeklyHours): readonly WorkingSpan[] =>
  Array.from({ length: 7 }, (_, day) => day).flatMap((day) => {
    const start = day * minutesPerDay;
    return hours
      .map(
        ([from, to]) => [Math.max(from - start, 0), Math.min(to - start, minutesPerDay)] as const,
      )
      .filter(([from, to]) => from < to)
      .map(([from, to]) => ({ weekday: day + 1, from: clockTime(from), to: clockTime(to) }));
  });
