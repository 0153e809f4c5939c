/** Sums of the access log as Kysely sees them. */
export type AccessSumTable = {
  /** First day of a month of the city; selected as text, YYYY-MM-DD. */
  readonly month: string;
  /** Who accessed; empty for nobody's agency. */
  readonly agency_id: string;
  /** Whose data; empty when the grant that was named does not exist. */
  readonly publisher_id: string;
  readonly granted: bigint;
  readonly refused: bigint;
  readonly rows_given: bigint;
};
