/**
 * What may be published how. Dubai's data classes: open, or shared as confidential, sensitive or
 * secret. Open data is open to all without a person in it, and says under which licence.
 */
import type { DatasetTable, PersonalFieldData } from "./tables.ts";

export type Classified = Pick<
  DatasetTable,
  "access_level" | "sensitivity" | "personal_data" | "licence_id"
> & { readonly personal_fields: readonly PersonalFieldData[] };

/** @returns what is wrong, each with how to mend it; nothing when all is right. */
export function findDatasetProblems(dataset: Classified): readonly string[] {
  const problems: string[] = [];
  const isOpen = dataset.access_level === "OPEN";
  const tellsOfPersons = dataset.personal_data !== "NONE";
  if (isOpen !== (dataset.sensitivity === "OPEN")) {
    problems.push("Access level and sensitivity must both be OPEN, or neither.");
  }
  if (isOpen && dataset.licence_id === null) {
    problems.push("Open data needs a licence: name one.");
  }
  if (isOpen && tellsOfPersons) {
    problems.push("Open data must hold no personal data: share it instead, or aggregate it.");
  }
  if (tellsOfPersons !== dataset.personal_fields.length > 0) {
    problems.push("Name the personal fields of data that tells of persons, and of no other.");
  }
  return problems;
}

/** Media types of the formats that the catalogue knows (EU file-type codes; GTFS is a zip of texts). */
export const mediaTypes = {
  CSV: "text/csv",
  GEOJSON: "application/geo+json",
  GTFS: "application/zip",
  JSON: "application/json",
  PARQUET: "application/vnd.apache.parquet",
  XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;

export type Format = keyof typeof mediaTypes;
