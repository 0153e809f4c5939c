/**
 * What may be published how. Dubai's data classes: open, or shared as confidential, sensitive or
 * secret. Open data is open to all without a person in it, and says under which licence.
 */
import type { DatasetRow } from "./tables.ts";

type Classified = Pick<DatasetRow, "access_level" | "sensitivity" | "personal_data" | "licence_id">;

/** @returns what is wrong, each with how to mend it; nothing when all is right. */
export function findDatasetProblems(dataset: Classified): readonly string[] {
  const problems: string[] = [];
  const isOpen = dataset.access_level === "OPEN";
  if (isOpen !== (dataset.sensitivity === "OPEN")) {
    problems.push("Access level and sensitivity must both be OPEN, or neither.");
  }
  if (isOpen && dataset.licence_id === null) {
    problems.push("Open data needs a licence: name one.");
  }
  if (isOpen && dataset.personal_data !== "NONE") {
    problems.push("Open data must hold no personal data: share it instead, or aggregate it.");
  }
  return problems;
}
