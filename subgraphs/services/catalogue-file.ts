/** What a file of an agency's catalogue becomes when it is read, whatever its format. */
import type { GivenEntry } from "./catalogue-change.ts";
import { entryProblem, type EntryProblem } from "./service-entry-messages.ts";

export const catalogueFormats = ["CSV", "JSON_LD"] as const;
export type CatalogueFormat = (typeof catalogueFormats)[number];

/** One service of a file, and where it stands there. */
export type FileEntry = GivenEntry & {
  /** Line of the file on which it begins, from 1; undefined where lines say nothing. */
  readonly row: number | undefined;
};

export type FileProblem = EntryProblem & {
  readonly row: number | undefined;
  /** Column or property of the file; undefined for all of a service, or of the file. */
  readonly column: string | undefined;
  readonly serviceId: string | undefined;
};

export type ReadFile =
  | { readonly ok: true; readonly entries: readonly FileEntry[] }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

export const fileLimitBytes = 900_000;
export const servicesLimit = 500;

export const fileProblem = (
  problem: EntryProblem,
  { row, column }: { readonly row?: number | undefined; readonly column?: string } = {},
): FileProblem => ({ ...problem, row, column, serviceId: undefined });

export const unreadable = (reason: string, row?: number): ReadFile => ({
  ok: false,
  problems: [fileProblem(entryProblem("", "UNREADABLE", reason), { row })],
});

/** The version that a file names: undefined when it names none, -1 (which is never there) when it is no number. */
export function readVersion(value: unknown): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const version = Number(value);
  return Number.isSafeInteger(version) && version >= 0 ? version : -1;
}
