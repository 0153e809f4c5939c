/** An entry of the catalogue → the rows that say the same; nothing is read or written here. */
import type { Insertable } from "kysely";
import type { ServiceEntry } from "./service-entry.ts";
import type { FeeTable, RequiredDocumentTable, ServiceChannelTable } from "./tables.ts";
import type { ServiceLifeEventTable, ServicesTables, ServiceTable, Text } from "./tables.ts";
import { searchTextOf } from "./text.rules.ts";

const bothOf = ({ en, ar }: Text): readonly string[] => [en, ar];

/** The first version unless another is named. */
export const toServiceRow = (entry: ServiceEntry, version = 1): ServiceTable => ({
  id: entry.id,
  agency_id: entry.agency,
  category_id: entry.category,
  further_category_ids: entry.furtherCategories,
  name_en: entry.name.en,
  name_ar: entry.name.ar,
  summary_en: entry.summary.en,
  summary_ar: entry.summary.ar,
  description_en: entry.description.en,
  description_ar: entry.description.ar,
  audiences: entry.audiences,
  processing_duration: entry.processingTime.duration,
  processing_business_days: entry.processingTime.businessDays,
  payable: entry.payable,
  status: entry.status,
  keywords: entry.keywords,
  evidence: entry.evidence,
  last_reviewed_at: new Date(`${entry.lastReviewedAt}T00:00:00+04:00`),
  search_text: searchTextOf([
    ...[entry.name, entry.summary, entry.description].flatMap(bothOf),
    ...entry.keywords,
  ]),
  version,
  details: {
    eligibility: entry.eligibility,
    rules: entry.rules,
    steps: entry.steps,
    outputs: entry.outputs,
    legalBasis: entry.legalBasis,
    relatedServices: entry.relatedServices,
    validFrom: entry.validFrom,
    validUntil: entry.validUntil,
  },
});

/** The same, as the database takes it: jsonb is written as text. */
export const toWrittenServiceRow = (
  entry: ServiceEntry,
  version?: number,
): Insertable<ServicesTables["service"]> => {
  const row = toServiceRow(entry, version);
  return { ...row, details: JSON.stringify(row.details) };
};

export const toChannelRows = ({ id, channels }: ServiceEntry): ServiceChannelTable[] =>
  channels.map(({ kind, url, phone, hours }, position) => ({
    service_id: id,
    position,
    kind,
    url,
    phone,
    hours_en: hours?.en ?? null,
    hours_ar: hours?.ar ?? null,
  }));

export const toFeeRows = ({ id, fees }: ServiceEntry): FeeTable[] =>
  fees.map(({ kind, name, pricing, amount, upTo, rule, sample }, position) => ({
    service_id: id,
    position,
    kind,
    name_en: name.en,
    name_ar: name.ar,
    pricing,
    amount,
    up_to: upTo,
    rule_en: rule?.en ?? null,
    rule_ar: rule?.ar ?? null,
    currency: "AED",
    sample,
  }));

export const toDocumentRows = ({ id, requiredDocuments }: ServiceEntry): RequiredDocumentTable[] =>
  requiredDocuments.map(({ en, ar }, position) => {
    return { service_id: id, position, name_en: en, name_ar: ar };
  });

export const toLifeEventRows = ({ id, lifeEvents }: ServiceEntry): ServiceLifeEventTable[] =>
  lifeEvents.map((life_event_id) => ({ service_id: id, life_event_id }));
