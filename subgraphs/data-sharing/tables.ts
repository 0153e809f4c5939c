/** Rows as Kysely sees them, and the closed lists of values that the database checks. */
import type { ColumnType, Generated } from "kysely";
import type {
  Assessment,
  GrantState,
  Machine,
  NegotiationState,
  ReadOperation,
  RequestState,
} from "./sharing.rules.ts";
import type {
  AccessLogEntryTable,
  AccessLogTreeHeadTable,
  PublishedHeadTable,
} from "./access-log.tables.ts";
import type { AccessSumTable } from "./statistics.tables.ts";
import type { ToolkitEditionTable, ToolkitProgressTable } from "./toolkit.tables.ts";

export const accessLevels = ["OPEN", "SHARED", "RESTRICTED"] as const;
export type AccessLevel = (typeof accessLevels)[number];

export const sensitivities = ["OPEN", "CONFIDENTIAL", "SENSITIVE", "SECRET"] as const;
export type Sensitivity = (typeof sensitivities)[number];

export const personalDataKinds = ["NONE", "PSEUDONYMISED", "PERSONAL", "SPECIAL"] as const;
export type PersonalDataKind = (typeof personalDataKinds)[number];

/** Codes of the frequency list of the Publications Office of the European Union. */
export const updateFrequencies = [
  "UPDATE_CONT",
  "HOURLY",
  "DAILY",
  "WEEKLY",
  "MONTHLY",
  "QUARTERLY",
  "ANNUAL",
  "IRREG",
] as const;
export type UpdateFrequency = (typeof updateFrequencies)[number];

export const purposeCodes = [
  "SERVICE_DELIVERY",
  "ELIGIBILITY_CHECK",
  "NOTIFICATION",
  "EMERGENCY_CARE",
  "RESEARCH",
  "LAW_ENFORCEMENT",
] as const;
export type PurposeCode = (typeof purposeCodes)[number];

export const legalBases = ["CONSENT", "CONTRACT", "LEGAL_OBLIGATION", "PUBLIC_TASK"] as const;
export type LegalBasis = (typeof legalBases)[number];

export type Text = { readonly en: string; readonly ar: string };
/** A field of a dataset that tells of a person. */
export type PersonalFieldData = { readonly name: string; readonly label: Text };
export type StepData = { readonly title: Text; readonly text: Text };

/** Written as JSON text: a driver would take a JavaScript array for one of the database's. */
type Json<Value> = ColumnType<Value, string, never>;
/** YYYY-MM-DD. Drivers make a moment of it, so it is always selected as text. */
type Day<Value extends string | null = string> = Value;

export type ParticipantTable = {
  /** An agency of the catalogue of services. */
  readonly agency_id: string;
  readonly contact_name_en: string;
  readonly contact_name_ar: string;
  readonly contact_email: string;
};

export type ThemeTable = {
  readonly id: string;
  readonly name_en: string;
  readonly name_ar: string;
};

export type LicenceTable = {
  readonly id: string;
  readonly name_en: string;
  readonly name_ar: string;
  readonly url: string;
};

export type DatasetTable = {
  readonly id: string;
  readonly publisher_id: string;
  readonly title_en: string;
  readonly title_ar: string;
  readonly description_en: string;
  readonly description_ar: string;
  readonly keywords: Json<readonly Text[]>;
  readonly access_level: AccessLevel;
  readonly sensitivity: Sensitivity;
  readonly personal_data: PersonalDataKind;
  readonly personal_fields: Json<readonly PersonalFieldData[]>;
  readonly licence_id: string | null;
  readonly update_frequency: UpdateFrequency;
  readonly issued_at: Date;
  readonly modified_at: Date;
  readonly coverage_from: Day;
  readonly coverage_to: Day<string | null>;
  readonly sample: boolean;
  /** Title, description and keywords as `normalizeText` writes them. */
  readonly search_text: string;
};

export type DatasetThemeTable = {
  readonly dataset_id: string;
  readonly theme_id: string;
  readonly position: number;
};

export type DistributionTable = {
  readonly id: string;
  readonly dataset_id: string;
  readonly position: number;
  readonly format: string;
  readonly media_type: string;
  readonly access_url: string;
  readonly byte_size: bigint | null;
};

export type ConsentTable = {
  readonly id: string;
  readonly person_id: string;
  readonly dataset_id: string;
  readonly granted_to: string;
  readonly purpose_code: PurposeCode;
  readonly purpose_en: string;
  readonly purpose_ar: string;
  /** As the person saw them when consenting, so that later changes of the dataset change nothing here. */
  readonly fields: Json<readonly PersonalFieldData[]>;
  readonly since: Date;
  readonly until: Date;
};

/** A withdrawal is a row of its own: the consent that it ends stays as it was. */
export type ConsentWithdrawalTable = { readonly consent_id: string; readonly at: Date };

export type DataAccessTable = {
  readonly id: string;
  readonly person_id: string;
  readonly dataset_id: string;
  readonly agency_id: string;
  readonly purpose_code: PurposeCode;
  readonly purpose_en: string;
  readonly purpose_ar: string;
  readonly fields: Json<readonly PersonalFieldData[]>;
  readonly at: Date;
  readonly legal_basis: LegalBasis;
  /** The person's consent that it rests on; present exactly when the legal basis is CONSENT. */
  readonly consent_id: string | null;
};

export type ToolkitAudienceTable = {
  readonly id: string;
  readonly version: number;
  readonly position: number;
  readonly title_en: string;
  readonly title_ar: string;
  readonly audience_en: string;
  readonly audience_ar: string;
  readonly first_steps: Json<readonly StepData[]>;
  readonly published_on: Day;
  readonly review_on: Day;
};

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

export type DataSharingTables = {
  readonly data_product: DataProductTable;
  readonly product_row: ProductRowTable;
  readonly grant_use: GrantUseTable;
  readonly private_answer: PrivateAnswerTable;
  readonly sharing_step: SharingStepTable;
  readonly signing_key: SigningKeyTable;
  readonly sharing_request: SharingRequestTable;
  readonly sharing_agreement: SharingAgreementTable;
  readonly access_grant: AccessGrantTable;
  readonly access_log_entry: AccessLogEntryTable;
  readonly access_log_tree_head: AccessLogTreeHeadTable;
  readonly participant: ParticipantTable;
  readonly theme: ThemeTable;
  readonly licence: LicenceTable;
  readonly dataset: DatasetTable;
  readonly dataset_theme: DatasetThemeTable;
  readonly distribution: DistributionTable;
  readonly consent: ConsentTable;
  readonly consent_withdrawal: ConsentWithdrawalTable;
  readonly data_access: DataAccessTable;
  readonly toolkit_audience: ToolkitAudienceTable;
  readonly access_sum: AccessSumTable;
  readonly published_head: PublishedHeadTable;
  readonly toolkit_edition: ToolkitEditionTable;
  readonly toolkit_progress: ToolkitProgressTable;
};
