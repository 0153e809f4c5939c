/** Rows of the access log as Kysely sees them. */
import type { ColumnType } from "kysely";
import type { AccessOperation, AccessOutcome } from "./access-log.rules.ts";
import type { Frontier, Hash } from "./merkle-tree.rules.ts";

/** Written as JSON text. */
type Json<Value> = ColumnType<Value, string, never>;

/** One entry of the access log; written once. */
export type AccessLogEntryTable = {
  readonly sequence: bigint;
  readonly at: Date;
  readonly actor: string;
  readonly agency_id: string | null;
  readonly subject_id: string;
  readonly dataset_id: string | null;
  readonly purpose: string;
  readonly operation: AccessOperation;
  readonly fields: Json<readonly string[]>;
  readonly row_count: number;
  readonly suppressed_cells: number;
  readonly outcome: AccessOutcome;
  readonly refusal: string | null;
  readonly request_id: string;
  readonly previous_hash: string;
  readonly hash: string;
};

export type AccessLogTreeHeadTable = {
  readonly tree_size: bigint;
  readonly root_hash: string;
  readonly frontier: Json<Frontier>;
  readonly at: Date;
  readonly jws: string;
};

export type PublishedHeadTable = {
  readonly tree_size: bigint;
  /** The head that was published before; null for the first. */
  readonly previous_size: bigint | null;
  readonly jws: string;
  /** Consistency proof from the head before (RFC 9162); empty for the first. */
  readonly hashes: Json<readonly Hash[]>;
  readonly at: Date;
};
