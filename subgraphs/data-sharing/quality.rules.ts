/**
 * The quality of a dataset, as far as it can be told from what is known of it and never from an opinion:
 * how open it is (the five-star scheme of open data, of which three can be seen from outside), whether it
 * is as current as its frequency promises, and how much of its description is there. Pure.
 */
import type { Format } from "./dataset.rules.ts";
import type { UpdateFrequency } from "./tables.ts";

export type DescribedDataset = {
  readonly isOpen: boolean;
  readonly hasLicence: boolean;
  readonly formats: readonly Format[];
  readonly updateFrequency: UpdateFrequency;
  readonly modifiedAt: Date;
  /** Parts of the description that are recommended, and whether each is there. */
  readonly described: readonly boolean[];
};

/** Formats that programs read, but that one vendor's programs were made for. */
const proprietary: readonly Format[] = ["XLSX"];

/**
 * 1: an open licence; 2: readable by programs as well; 3: and in a format that is nobody's own. Links (4 and
 * 5) cannot be seen from a catalogue and are not claimed. Undefined for data that is not open.
 */
export function opennessStars({
  isOpen,
  hasLicence,
  formats,
}: Pick<DescribedDataset, "isOpen" | "hasLicence" | "formats">): number | undefined {
  if (!isOpen) return undefined;
  if (!hasLicence) return 0;
  if (formats.length === 0) return 1;
  return formats.some((format) => !proprietary.includes(format)) ? 3 : 2;
}

const dayMs = 86_400_000;

/** The longest that may lie between two updates, in days; a month and a quarter by their longest. */
const promisedDays: Readonly<Record<UpdateFrequency, number | undefined>> = {
  UPDATE_CONT: 1,
  HOURLY: 1,
  DAILY: 1,
  WEEKLY: 7,
  MONTHLY: 31,
  QUARTERLY: 92,
  ANNUAL: 366,
  // Nothing is promised.
  IRREG: undefined,
};

/** By how many whole days an update is overdue; 0 when it is in time; undefined when none is promised. */
export function daysOverdue(
  { updateFrequency, modifiedAt }: DescribedDataset,
  nowMs: number,
): number | undefined {
  const promised = promisedDays[updateFrequency];
  if (promised === undefined) return undefined;
  return Math.max(0, Math.floor((nowMs - modifiedAt.getTime()) / dayMs) - promised);
}

/** Of what is recommended, how much is there: 0 to 100. */
export const descriptionPercent = ({ described }: DescribedDataset): number =>
  described.length === 0
    ? 100
    : Math.round((100 * described.filter((is) => is).length) / described.length);
