/**
 * What a client filters facilities by → what the store looks for. Time and texts are settled here,
 * so that equal questions are equal data, and one batch.
 */
import { badUserInput } from "../kit/errors.ts";
import { type DetailsCriteria, type GivenDetails, readDetails } from "./facility-details.rules.ts";
import type { OpeningCalendar } from "./opening-calendar.rules.ts";
import { type OpenPoint, openPointsOf } from "./opening-minutes.rules.ts";
import type { FacilityKind } from "./tables.ts";

export const maxTextLength = 100;

export type GivenFacilityFilter = GivenDetails & {
  readonly kinds?: readonly FacilityKind[] | null;
  readonly speciality?: string | null;
  readonly openNow?: boolean | null;
  readonly openAt?: Date | null;
  readonly onDuty?: boolean | null;
  readonly text?: string | null;
};

export type OpenCriterion = {
  /** Milliseconds since the epoch, the beginning of a minute. */
  readonly instant: number;
  readonly points: readonly OpenPoint[];
  readonly wanted: boolean;
};

export type FacilityCriteria = DetailsCriteria & {
  readonly kinds?: readonly FacilityKind[];
  /** Lower case. */
  readonly speciality?: string;
  /** All of these must hold. */
  readonly open: readonly OpenCriterion[];
  /** On duty at this instant, or not. */
  readonly duty?: { readonly instant: number; readonly wanted: boolean };
  /** Each of these must be found. */
  readonly words: readonly string[];
};

function readText(name: string, value: string | null | undefined): string {
  // PostgreSQL's texts cannot hold the character NUL.
  const text = (value ?? "").replaceAll("\0", " ").trim();
  if (text.length <= maxTextLength) return text;
  throw badUserInput(
    `\`filter.${name}\` may have up to ${maxTextLength} characters, not ${text.length}.`,
  );
}

/**
 * @param now milliseconds since the epoch.
 * @throws GraphQLError BAD_USER_INPUT for texts over 100 characters.
 */
export function readFacilityFilter(
  given: GivenFacilityFilter | null | undefined,
  now: number,
  calendar: OpeningCalendar,
): FacilityCriteria {
  const { kinds, openNow, openAt, onDuty } = given ?? {};
  const openCriterion = (time: number, wanted: boolean): OpenCriterion => {
    const instant = Math.floor(time / 60_000) * 60_000;
    return { instant, points: openPointsOf(calendar, instant), wanted };
  };
  const speciality = readText("speciality", given?.speciality).toLowerCase();
  const text = readText("text", given?.text);
  return {
    ...(kinds ? { kinds: [...new Set(kinds)].toSorted() } : {}),
    ...readDetails(given ?? {}),
    ...(speciality === "" ? {} : { speciality }),
    open: [
      ...(openNow == null ? [] : [openCriterion(now, openNow)]),
      ...(openAt ? [openCriterion(openAt.getTime(), true)] : []),
    ],
    ...(onDuty == null
      ? {}
      : { duty: { instant: Math.floor(now / 60_000) * 60_000, wanted: onDuty } }),
    words: text.split(/\s+/).filter((word) => word !== ""),
  };
}
