/** Rows of the toolkit as Kysely sees them. */
import type { ColumnType } from "kysely";
import type { AnswerValue } from "./toolkit-diagnosis.rules.ts";
import type { ToolkitContent } from "./toolkit-content.ts";

export type ToolkitEditionTable = {
  readonly version: number;
  /** YYYY-MM-DD. */
  readonly published_on: string;
  readonly review_on: string;
  readonly content: ColumnType<ToolkitContent, string, never>;
};

/** How far an organisation has come; ids are those of the edition that was the newest then. */
export type ProgressData = {
  readonly audienceId: string;
  readonly doneItems: readonly string[];
  readonly metConditions: readonly string[];
  readonly decisions: readonly { readonly pointId: string; readonly optionId: string }[];
  readonly answers: readonly { readonly questionId: string; readonly answer: AnswerValue }[];
};

export type ToolkitProgressTable = {
  readonly agency_id: string;
  /** From 1; one more with each change. */
  readonly revision: number;
  readonly edition: number;
  readonly progress: ColumnType<ProgressData, string, string>;
  readonly changed_by: string;
  readonly changed_at: Date;
};
