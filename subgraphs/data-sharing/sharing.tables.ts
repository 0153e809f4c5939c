/** Rows of requests, agreements and grants as Kysely sees them. */
import type { ColumnType, Generated } from "kysely";
import type {
  Assessment,
  GrantState,
  Machine,
  NegotiationState,
  ReadOperation,
  RequestState,
} from "./sharing.rules.ts";
import type { LegalBasis, PurposeCode } from "./tables.ts";

/** Written as JSON text: a driver would take a JavaScript array for one of the database's. */
type Json<Value> = ColumnType<Value, string, never>;

type Changed = {
  readonly changed_by: string;
  readonly changed_at: Date;
  readonly change_reason: string;
};

/** As `Json`, for columns that are filled later. */
type LaterJson<Value> = ColumnType<Value | null, string | undefined, string>;
type Later<Value> = ColumnType<Value | null, Value | undefined, Value>;

export type SharingStepTable = {
  readonly id: Generated<bigint>;
  readonly machine: Machine;
  readonly subject_id: string;
  readonly from_state: string;
  readonly to_state: string;
  readonly by_whom: string;
  readonly at: Date;
  readonly reason: string;
};

export type SigningKeyTable = {
  /** RFC 7638 thumbprint of the key. */
  readonly key_id: string;
  readonly agency_id: string;
  readonly public_jwk: Json<object>;
  readonly added_by: string;
  readonly added_at: Date;
};

export type SharingRequestTable = Changed & {
  readonly id: string;
  readonly dataset_id: string;
  readonly requester_id: string;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly purpose_code: PurposeCode;
  readonly purpose_text: string;
  readonly legal_basis: LegalBasis;
  readonly fields: Json<readonly string[]>;
  readonly recipients: Json<readonly string[]>;
  readonly from_at: Date;
  readonly until_at: Date;
  readonly state: RequestState;
  readonly assessment: LaterJson<Assessment>;
  readonly risk: Later<number>;
  readonly needs_second_review: Later<boolean>;
  readonly assessed_by: Later<string>;
  readonly approved_by: Later<string>;
  readonly second_approved_by: Later<string>;
};

/** Rows whose field has one of the values. */
export type RowCondition = { readonly field: string; readonly values: readonly string[] };

/** What an agreement allows. */
export type Terms = {
  readonly operations: readonly ReadOperation[];
  readonly fields: readonly string[];
  readonly rowFilter: readonly RowCondition[];
  readonly ratePerHour: number;
  /** Counts of fewer persons are kept back. */
  readonly minimumPersons: number;
  /** Thousandths of epsilon, the measure of differential privacy. */
  readonly budgetMilliEpsilon: number;
  /** ISO 8601. */
  readonly from: string;
  readonly until: string;
};

export type SharingAgreementTable = Changed & {
  readonly id: string;
  readonly request_id: string;
  readonly version: number;
  readonly terms: Json<Terms>;
  /** Canonical JSON (RFC 8785) of the ODRL agreement: the bytes that both sides sign. */
  readonly document: string;
  readonly state: NegotiationState;
  readonly publisher_jws: Later<string>;
  readonly requester_jws: Later<string>;
};

export type AccessGrantTable = Changed & {
  readonly id: string;
  readonly request_id: string;
  readonly agreement_id: string;
  readonly agency_id: string;
  readonly dataset_id: string;
  readonly purpose_code: PurposeCode;
  readonly legal_basis: LegalBasis;
  readonly fields: ColumnType<readonly string[], string, string>;
  readonly row_filter: ColumnType<readonly RowCondition[], string, string>;
  readonly operations: ColumnType<readonly ReadOperation[], string, string>;
  readonly rate_per_hour: number;
  readonly minimum_persons: number;
  readonly budget_milli_epsilon: number;
  readonly spent_milli_epsilon: Generated<number>;
  readonly from_at: Date;
  readonly until_at: Date;
  readonly state: GrantState;
};
