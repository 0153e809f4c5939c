/** The tables of the health subgraph, as migrations/ makes them. */
import type { Generated } from "kysely";

export const facilityKinds = [
  "PHARMACY",
  "CLINIC",
  "HOSPITAL",
  "CENTRE",
  "LABORATORY",
  "OTHER",
] as const;

export type FacilityKind = (typeof facilityKinds)[number];

export const bulletinSeverities = ["INFO", "ADVISORY", "WARNING", "EMERGENCY"] as const;

export type BulletinSeverity = (typeof bulletinSeverities)[number];

export const bulletinAudiences = [
  "EVERYBODY",
  "TRAVELLERS",
  "SCHOOLS",
  "BUSINESSES",
  "HEALTH_WORKERS",
] as const;

export type BulletinAudience = (typeof bulletinAudiences)[number];

export type BulletinEventKind = "PUBLISHED" | "CORRECTED" | "WITHDRAWN";

export type FacilityTable = {
  /** `dha-` and the licence number. */
  readonly id: string;
  /** The agency that licenses it. */
  readonly agency_id: string;
  readonly licence_number: string;
  readonly licence_type_en: string;
  readonly licence_type_ar: string;
  readonly kind: FacilityKind;
  readonly name_en: string;
  readonly name_ar: string;
  readonly speciality_en: string | null;
  readonly speciality_ar: string | null;
  /** Beside the main one, in the same order in both languages; none without a main one. */
  readonly further_specialities_en: readonly string[];
  readonly further_specialities_ar: readonly string[];
  readonly address: string;
  readonly area: string;
  /** E.164. */
  readonly phone: string | null;
  readonly website: string | null;
  /** Degrees (WGS 84); both null where the register has no real place. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** In OpenStreetMap's grammar; the three below are what opening-minutes.rules.ts makes of both texts. */
  readonly hours_text: string;
  /** Instead of it on the days of Ramadan. */
  readonly ramadan_hours_text: string | null;
  readonly hours_sample: boolean;
  readonly calendar_mask: number;
  /** The hours change with dates: `facility_season` holds them. */
  readonly dated: boolean;
  /** An int4multirange, as text. */
  readonly open_minutes: string;
  /** Every minute of every kind of day. */
  readonly always_open: boolean;
  /** Codes of facility-details.rules.ts. */
  readonly services: readonly string[];
  /** ISO 639 codes. */
  readonly languages: readonly string[];
  readonly insurance_networks: readonly string[];
  /** Codes of facility-details.rules.ts. */
  readonly accessibility: readonly string[];
  /** URLs. */
  readonly photos: readonly string[];
  readonly emergency: boolean;
  /** The six above are made up. */
  readonly details_sample: boolean;
};

export type FacilitySeasonTable = {
  readonly facility_id: string;
  /** An int4range of years, as text. */
  readonly years: string;
  /** An int4range of month × 100 + day, as text. */
  readonly month_days: string;
  readonly open_minutes: string;
};

/** A time during which a facility is open for emergencies, whatever its hours. Those of one never overlap. */
export type DutyShiftTable = {
  readonly facility_id: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly sample: boolean;
};

/** Which facilities offer a service: those of a kind, or those of one licence type of that kind. */
export type ServiceFacilityKindTable = {
  readonly service_id: string;
  readonly kind: FacilityKind;
  readonly licence_type_en: string | null;
};

export type BulletinTable = {
  readonly id: string;
  readonly title_en: string;
  readonly title_ar: string;
  readonly body_en: string;
  readonly body_ar: string;
  readonly severity: BulletinSeverity;
  readonly published_at: Date;
  readonly valid_from: Date;
  readonly valid_until: Date | null;
  readonly publisher_id: string;
  readonly supersedes_id: string | null;
  readonly sample: boolean;
  readonly audience: BulletinAudience;
  /** 1 as published, one more with each correction. */
  readonly revision: number;
  readonly revised_at: Date | null;
  /** These three are null together. */
  readonly withdrawn_at: Date | null;
  readonly withdrawal_en: string | null;
  readonly withdrawal_ar: string | null;
};

/** What a bulletin said before it was corrected. */
export type BulletinRevisionTable = Pick<
  BulletinTable,
  | "title_en"
  | "title_ar"
  | "body_en"
  | "body_ar"
  | "severity"
  | "audience"
  | "valid_from"
  | "valid_until"
  | "revision"
> & { readonly bulletin_id: string; readonly replaced_at: Date };

/** Append-only. `seq` rises in the order of commits, since changes take turns. */
export type BulletinEventTable = {
  readonly seq: Generated<bigint>;
  readonly bulletin_id: string;
  readonly kind: BulletinEventKind;
  readonly happened_at: Date;
  readonly agency_id: string;
  readonly actor_id: string;
  readonly idempotency_key: string;
  readonly request_digest: string;
};

export type CovidFigureTable = {
  /** A calendar day, YYYY-MM-DD. */
  readonly day: string;
  readonly confirmed_total: number;
};

export type Gender = "FEMALE" | "MALE";

export type PractitionerTable = {
  readonly id: string;
  readonly licence_number: string;
  readonly name_en: string;
  readonly name_ar: string;
  /** Both names, normalised (practitioner.rules.ts). */
  readonly search_text: string;
  readonly gender: Gender;
  /** ISO 639 codes. */
  readonly languages: readonly string[];
  readonly active: boolean;
  readonly sample: boolean;
};

export type PractitionerRoleTable = {
  readonly id: string;
  readonly practitioner_id: string;
  readonly facility_id: string;
  readonly speciality_en: string;
  readonly speciality_ar: string;
  /** An int4multirange within [0, 10080), as text. */
  readonly working_minutes: string;
  readonly active: boolean;
};

export const figureMetrics = ["CASES", "TESTS", "RECOVERIES", "DEATHS", "VACCINATIONS"] as const;

export type FigureMetric = (typeof figureMetrics)[number];

export type FigurePublicationTable = {
  readonly id: Generated<bigint>;
  readonly agency_id: string;
  readonly actor_id: string;
  readonly recorded_at: Date;
  readonly source: string;
  readonly idempotency_key: string;
  readonly request_digest: string;
  /** How many figures were new or other than before. */
  readonly changed: number;
};

/** Append-only. */
export type FigureRevisionTable = {
  readonly seq: Generated<bigint>;
  readonly publication_id: bigint;
  readonly metric: FigureMetric;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly value: number;
  readonly recorded_at: Date;
};

/** The last revision of each day. */
export type FigureTable = {
  readonly metric: FigureMetric;
  readonly day: string;
  readonly value: number;
  readonly revisions: number;
  readonly recorded_at: Date;
  readonly source: string;
};

export type HealthTables = {
  readonly facility: FacilityTable;
  readonly facility_season: FacilitySeasonTable;
  readonly duty_shift: DutyShiftTable;
  readonly service_facility_kind: ServiceFacilityKindTable;
  readonly practitioner: PractitionerTable;
  readonly practitioner_role: PractitionerRoleTable;
  readonly bulletin: BulletinTable;
  readonly bulletin_revision: BulletinRevisionTable;
  readonly bulletin_event: BulletinEventTable;
  readonly figure_publication: FigurePublicationTable;
  readonly figure_revision: FigureRevisionTable;
  readonly figure: FigureTable;
  readonly covid_figure: CovidFigureTable;
};
