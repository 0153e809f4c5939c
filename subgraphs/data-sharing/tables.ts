/** Rows as Kysely sees them, and the closed lists of values that the database checks. */
import type { ColumnType } from "kysely";
import type {
  AccessLogEntryTable,
  AccessLogTreeHeadTable,
  PublishedHeadTable,
} from "./access-log.tables.ts";
import type {
  DataProductTable,
  ProductRowTable,
  GrantUseTable,
  PrivateAnswerTable,
} from "./product.tables.ts";
import type {
  SharingStepTable,
  SigningKeyTable,
  SharingRequestTable,
  SharingAgreementTable,
  AccessGrantTable,
} from "./sharing.tables.ts";
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
