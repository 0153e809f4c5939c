/**
 * What a client filters facilities by → what the store looks for. Time and texts are settled here,
 * so that equal questions are equal data, and one batch.
 */
import { badUserInput } from "../kit/errors.ts";
import { minuteOfWeek } from "./opening-hours.rules.ts";
import type { FacilityKind } from "./tables.ts";

export const maxTextLength = 100;

export type GivenFacilityFilter = {
  readonly kinds?: readonly FacilityKind[] | null;
  readonly speciality?: string | null;
  readonly openNow?: boolean | null;
  readonly text?: string | null;
};

export type FacilityCriteria = {
  readonly kinds?: readonly FacilityKind[];
  /** Lower case. */
  readonly speciality?: string;
  readonly open?: { readonly minuteOfWeek: number; readonly wanted: boolean };
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
): FacilityCriteria {
  const { kinds, openNow } = given ?? {};
  const speciality = readText("speciality", given?.speciality).toLowerCase();
  const text = readText("text", given?.text);
  return {
    ...(kinds ? { kinds: [...new Set(kinds)].toSorted() } : {}),
    ...(speciality === "" ? {} : { speciality }),
    ...(openNow == null ? {} : { open: { minuteOfWeek: minuteOfWeek(now), wanted: openNow } }),
    words: text.split(/\s+/).filter((word) => word !== ""),
  };
}
