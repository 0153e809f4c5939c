/**
 * The services schema as Kysely sees it. Texts for people are two columns, one a language; amounts
 * are minor units in int8 (bigint here). `search_text` holds a row's texts, normalised (text.rules.ts).
 */
import type { ColumnType } from "kysely";

export const agencyKinds = [
  "GOVERNMENT",
  "SEMI_GOVERNMENT",
  "FEDERAL",
  "PRIVATE",
  "CHARITY",
] as const;
export type AgencyKind = (typeof agencyKinds)[number];

export const evidenceLevels = ["EVIDENCED", "BRIEF", "SAMPLE"] as const;
export type EvidenceLevel = (typeof evidenceLevels)[number];

export const audiences = [
  "CITIZEN",
  "RESIDENT",
  "VISITOR",
  "BUSINESS",
  "PEOPLE_OF_DETERMINATION",
] as const;
export type Audience = (typeof audiences)[number];

export const channelKinds = ["APP", "WEB", "PHONE", "COUNTER", "KIOSK"] as const;
export type ChannelKind = (typeof channelKinds)[number];

export const feeKinds = ["FEE", "KNOWLEDGE_DIRHAM", "INNOVATION_DIRHAM", "DEPOSIT"] as const;
export type FeeKind = (typeof feeKinds)[number];

export const serviceStatuses = ["ACTIVE", "SUSPENDED", "RETIRED"] as const;
export type ServiceStatus = (typeof serviceStatuses)[number];

export const requestStatuses = ["DRAFT", "SUBMITTED", "IN_REVIEW", "APPROVED", "REJECTED"] as const;
export type RequestStatus = (typeof requestStatuses)[number];

export type CategoryTable = {
  readonly id: string;
  /** Where it stands among the categories, as people see them. */
  readonly position: number;
  readonly name_en: string;
  readonly name_ar: string;
};

export type AgencyTable = {
  readonly id: string;
  readonly kind: AgencyKind;
  readonly name_en: string;
  readonly name_ar: string;
  readonly website: string | null;
  /** As it is dialled within the country: many are short codes. */
  readonly phone: string | null;
  readonly evidence: EvidenceLevel;
  readonly search_text: string;
};

export type ServiceTable = {
  readonly id: string;
  readonly agency_id: string;
  readonly category_id: string;
  readonly name_en: string;
  readonly name_ar: string;
  readonly summary_en: string;
  readonly summary_ar: string;
  readonly description_en: string;
  readonly description_ar: string;
  readonly audiences: Audience[];
  /** ISO 8601 duration of days, hours and minutes. */
  readonly processing_duration: string;
  /** Whether its days are business days. */
  readonly processing_business_days: boolean;
  readonly payable: boolean;
  readonly status: ServiceStatus;
  /** Words of both languages by which people look for it. */
  readonly keywords: string[];
  readonly evidence: EvidenceLevel;
  readonly last_reviewed_at: Date;
  readonly search_text: string;
};

/** What a service has several of, in their order. */
type PartOfService = { readonly service_id: string; readonly position: number };

export type ServiceChannelTable = PartOfService & {
  readonly kind: ChannelKind;
  readonly url: string | null;
  readonly phone: string | null;
  readonly hours_en: string | null;
  readonly hours_ar: string | null;
};

export type FeeTable = PartOfService & {
  readonly kind: FeeKind;
  readonly name_en: string;
  readonly name_ar: string;
  readonly amount: bigint;
  readonly currency: string;
  /** Whether the amount is made up. */
  readonly sample: boolean;
};

export type RequiredDocumentTable = PartOfService & {
  readonly name_en: string;
  readonly name_ar: string;
};

/** How often a service was used on a day; the day is read in SQL only. */
export type ServiceUseTable = {
  readonly service_id: string;
  /** YYYY-MM-DD, in the city's time zone. */
  readonly day: ColumnType<never, string>;
  readonly uses: number;
};

export type ServiceRequestTable = {
  /** `req_` and a UUID of version 7: it sorts by when the request was begun. */
  readonly id: string;
  readonly person_id: string;
  readonly service_id: string;
  readonly status: RequestStatus;
  /** Null as long as it is a draft, as is the reference. */
  readonly submitted_at: Date | null;
  readonly updated_at: Date;
  readonly reference: string | null;
};

export type ServicesTables = {
  readonly category: CategoryTable;
  readonly agency: AgencyTable;
  readonly service: ServiceTable;
  readonly service_channel: ServiceChannelTable;
  readonly fee: FeeTable;
  readonly required_document: RequiredDocumentTable;
  readonly service_use: ServiceUseTable;
  readonly service_request: ServiceRequestTable;
};
