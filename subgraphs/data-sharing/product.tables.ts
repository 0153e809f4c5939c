/** Rows of data products, and of what grants use of them, as Kysely sees them. */
import type { ColumnType } from "kysely";
import type { Text } from "./tables.ts";

/** Written as JSON text. */
type Json<Value> = ColumnType<Value, string, never>;

export type ProductFieldData = {
  readonly name: string;
  readonly label: Text;
  /** A DIMENSION can be counted by and filtered by, a MEASURE can be summed. */
  readonly kind: "DIMENSION" | "MEASURE" | "TEXT";
  /** The most that one person adds to a private sum; for measures only. */
  readonly cap?: number | undefined;
};

export type DataProductTable = {
  readonly dataset_id: string;
  readonly fields: Json<readonly ProductFieldData[]>;
  readonly sample: boolean;
};

export type RowData = Readonly<Record<string, string | number>>;

export type ProductRowTable = {
  readonly dataset_id: string;
  readonly id: number;
  /** The person, or the pseudonym, that the row tells of; null when of nobody. */
  readonly subject: string | null;
  readonly data: Json<RowData>;
};

export type GrantUseTable = {
  readonly grant_id: string;
  readonly hour: Date;
  readonly used: number;
};

export type PrivateAnswerTable = {
  readonly grant_id: string;
  readonly question: string;
  readonly milli_epsilon: number;
  readonly value: bigint;
  readonly at: Date;
};
