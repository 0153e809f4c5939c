/**
 * The services schema as Kysely sees it. Texts for people are two columns, one a language; amounts
 * are minor units in int8 (bigint here). `search_text` holds a row's texts, normalised (text.rules.ts).
 */
import type { ColumnType, Generated } from "kysely";
import type { RequestActorKind, RequestEvent, RequestStatus } from "./request.rules.ts";

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

/** RANGE: from an amount up to another. RULE: worked out, at least the amount. */
export const feePricings = ["FIXED", "RANGE", "RULE"] as const;
export type FeePricing = (typeof feePricings)[number];

export const serviceStatuses = ["ACTIVE", "SUSPENDED", "RETIRED"] as const;
export type ServiceStatus = (typeof serviceStatuses)[number];

export type CategoryTable = {
  readonly id: string;
  /** Where it stands among the categories, as people see them. */
  readonly position: number;
  readonly name_en: string;
  readonly name_ar: string;
};

/** Something that happens in a life, which brings a need of several services. */
export type LifeEventTable = CategoryTable;

export type ServiceLifeEventTable = {
  readonly service_id: string;
  readonly life_event_id: string;
};

/** One row: it grows with each change of what a search looks through. */
export type CatalogueRevisionTable = {
  readonly only_one: ColumnType<boolean, never, never>;
  readonly revision: bigint;
};

export type AgencyTable = {
  readonly id: string;
  readonly kind: AgencyKind;
  readonly name_en: string;
  readonly name_ar: string;
  readonly website: string | null;
  /** As it is dialled within the country: many are short codes. */
  readonly phone: string | null;
  readonly email: string | null;
  readonly logo: string | null;
  readonly hours_en: string | null;
  readonly hours_ar: string | null;
  readonly evidence: EvidenceLevel;
  readonly search_text: string;
};

/** What a service says that is shown with it and not searched or counted by. */
export type ServiceDetails = {
  readonly eligibility: readonly Text[];
  readonly rules: readonly Text[];
  readonly steps: readonly Text[];
  readonly outputs: readonly Text[];
  readonly legalBasis: readonly { readonly title: Text; readonly url: string | null }[];
  readonly relatedServices: readonly string[];
  /** Days of the city, YYYY-MM-DD: the first and the last on which it is offered. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
};

export type ServiceTable = {
  readonly id: string;
  readonly agency_id: string;
  readonly category_id: string;
  /** Beside the main one. */
  readonly further_category_ids: string[];
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
  /** Which of its kept versions this row says. */
  readonly version: number;
  readonly details: ServiceDetails;
};

/** Each version as it was, whole: service-entry.ts gives its shape. Never changed. */
export type ServiceVersionTable = {
  readonly service_id: string;
  readonly version: number;
  readonly from_at: Date;
  readonly changed_by: string;
  readonly entry: ColumnType<unknown, string, never>;
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
  readonly pricing: FeePricing;
  /** The least it can be, when it is not fixed. */
  readonly amount: bigint;
  readonly up_to: bigint | null;
  readonly rule_en: string | null;
  readonly rule_ar: string | null;
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

export type Text = { readonly en: string; readonly ar: string };

/** jsonb: read as a value, written as JSON text. */
type Json<Value> = ColumnType<Value, string, string>;
type NullableJson<Value> = ColumnType<Value | null, string | null | undefined, string>;

/** Where a document lies and what it is; its bytes are kept elsewhere. */
export type RequestAttachment = {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
};

/** What the service said when the request was sent; it holds for the request whatever is changed later. */
export type RequestTerms = {
  readonly name: Text;
  readonly processing: { readonly duration: string; readonly businessDays: boolean };
  readonly fees: readonly {
    readonly kind: FeeKind;
    readonly name: Text;
    /** Minor units, in digits: JSON has no bigint. */
    readonly amount: string;
    readonly currency: string;
    readonly sample: boolean;
    /** These are missing in terms that were kept when all fees were fixed. */
    readonly pricing?: FeePricing;
    readonly upTo?: string | null;
    readonly rule?: Text | null;
  }[];
  readonly requiredDocuments: readonly Text[];
  readonly formVersion: number;
  /** The version of the service; missing in terms that were kept before versions were. */
  readonly serviceVersion?: number;
};

/** Columns after `updated_at` are moved by transitions, and by drafts being saved. */
export type ServiceRequestTable = {
  /** `req_` and a UUID of version 7: it sorts by when the request was begun. */
  readonly id: string;
  readonly person_id: string;
  readonly service_id: string;
  readonly agency_id: string;
  readonly status: RequestStatus;
  /** Null as long as it is a draft, as is the reference. */
  readonly submitted_at: Date | null;
  readonly updated_at: Date;
  readonly reference: string | null;
  /** Grows with each change: who changes something names the one that was seen. */
  readonly revision: Generated<number>;
  readonly steps: Generated<number>;
  readonly answers: Json<Readonly<Record<string, unknown>>>;
  readonly attachments: Json<readonly RequestAttachment[]>;
  /** Null for drafts, and for requests of before terms were kept. */
  readonly terms: NullableJson<RequestTerms>;
  readonly assigned_to: string | null;
  readonly submit_key: string | null;
  readonly clock_used_ms: Generated<bigint>;
  /** Null while the clock stands still, as is the time at which it will have run out. */
  readonly clock_since: Date | null;
  readonly due_at: Date | null;
};

/** Why a step was taken, or what it brought; each event has some of these. */
export type RequestCause = {
  readonly reference?: string;
  readonly submitKey?: string;
  readonly terms?: RequestTerms;
  readonly assignee?: string;
  /** What is asked, answered, or noted. */
  readonly text?: string;
  readonly reasons?: readonly Text[];
};

export type RequestTransitionTable = {
  readonly request_id: string;
  readonly seq: number;
  readonly event: RequestEvent;
  readonly from_status: RequestStatus;
  readonly to_status: RequestStatus;
  readonly at: Date;
  readonly actor: RequestActorKind;
  readonly actor_id: string;
  readonly cause: Json<RequestCause>;
  /** What was sent: with SUBMIT and ANSWER. */
  readonly answers: NullableJson<Readonly<Record<string, unknown>>>;
  readonly attachments: NullableJson<readonly RequestAttachment[]>;
  readonly clock_used_ms: bigint;
  readonly due_at: Date | null;
};

export type RequestFormTable = {
  readonly service_id: string;
  readonly version: number;
  readonly schema: Json<Readonly<Record<string, unknown>>>;
  /** Whether it is made up. */
  readonly sample: boolean;
};

export type RequestMessageTable = {
  readonly request_id: string;
  readonly seq: number;
  readonly at: Date;
  readonly author: "PERSON" | "AGENCY";
  readonly author_id: string;
  readonly text: string;
};

/** That the fee of a request is paid, told once. */
export type RequestFeePaymentTable = {
  readonly request_id: string;
  readonly payment_id: string | null;
  readonly amount: bigint | null;
  readonly currency: string | null;
  readonly told_by: "PAYMENTS" | "AGENCY";
  readonly paid_at: Date;
};

export type PaymentsPositionTable = {
  readonly only_one: ColumnType<boolean, never, never>;
  /** The last entry of the stream that was followed. */
  readonly entry_id: string;
};

export type ServicesTables = {
  readonly category: CategoryTable;
  readonly agency: AgencyTable;
  readonly life_event: LifeEventTable;
  readonly service_life_event: ServiceLifeEventTable;
  readonly catalogue_revision: CatalogueRevisionTable;
  readonly service: Omit<ServiceTable, "details"> & { readonly details: Json<ServiceDetails> };
  readonly service_version: ServiceVersionTable;
  readonly service_channel: ServiceChannelTable;
  readonly fee: FeeTable;
  readonly required_document: RequiredDocumentTable;
  readonly service_use: ServiceUseTable;
  readonly service_request: ServiceRequestTable;
  readonly request_transition: RequestTransitionTable;
  readonly request_form: RequestFormTable;
  readonly request_message: RequestMessageTable;
  readonly request_fee_payment: RequestFeePaymentTable;
  readonly payments_position: PaymentsPositionTable;
};
