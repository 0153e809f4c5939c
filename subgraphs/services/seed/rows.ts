/** The seed's data → rows of the tables; nothing is read or written here. */
import type { Insertable } from "kysely";
import { hasItsDirhams } from "../fee.rules.ts";
import type { ServicesTables } from "../tables.ts";
import { searchTextOf } from "../text.rules.ts";
import type {
  SeedAgency,
  SeedCategory,
  SeedLifeEvent,
  SeedService,
  SeedUse,
} from "./catalogue.schema.ts";

type Row<Table extends keyof ServicesTables> = Insertable<ServicesTables[Table]>;

const millisecondsPerDay = 86_400_000;

export const toCategoryRow = ({ id, name }: SeedCategory, position: number): Row<"category"> => ({
  id,
  position,
  name_en: name.en,
  name_ar: name.ar,
});

export const toLifeEventRow = (
  { id, name }: SeedLifeEvent,
  position: number,
): Row<"life_event"> => ({ id, position, name_en: name.en, name_ar: name.ar });

export const toLifeEventServiceRows = ({ id, services }: SeedLifeEvent) =>
  services.map((service_id): Row<"service_life_event"> => ({ service_id, life_event_id: id }));

export const toAgencyRow = ({ name, ...agency }: SeedAgency): Row<"agency"> => ({
  ...agency,
  name_en: name.en,
  name_ar: name.ar,
  search_text: searchTextOf([name.en, name.ar]),
});

export const toServiceRow = (service: SeedService): Row<"service"> => ({
  id: service.id,
  agency_id: service.agency,
  category_id: service.category,
  name_en: service.name.en,
  name_ar: service.name.ar,
  summary_en: service.summary.en,
  summary_ar: service.summary.ar,
  description_en: service.description.en,
  description_ar: service.description.ar,
  audiences: service.audiences,
  processing_duration: service.processingTime.duration,
  processing_business_days: service.processingTime.businessDays,
  payable: service.payable,
  status: service.status,
  keywords: service.keywords,
  evidence: service.evidence,
  last_reviewed_at: new Date(`${service.lastReviewedAt}T00:00:00+04:00`),
  search_text: searchTextOf([
    ...[service.name, service.summary, service.description].flatMap(({ en, ar }) => [en, ar]),
    ...service.keywords,
  ]),
});

export const toChannelRows = ({ id, channels }: SeedService): Row<"service_channel">[] =>
  channels.map(({ kind, url, phone, hours }, position) => ({
    service_id: id,
    position,
    kind,
    url: url ?? null,
    phone: phone ?? null,
    hours_en: hours?.en ?? null,
    hours_ar: hours?.ar ?? null,
  }));

export const toFeeRows = ({ id, fees }: SeedService): Row<"fee">[] =>
  fees.map(({ kind, name, amount, sample }, position) => ({
    service_id: id,
    position,
    kind,
    name_en: name.en,
    name_ar: name.ar,
    amount,
    currency: "AED",
    sample,
  }));

export const toDocumentRows = ({ id, requiredDocuments }: SeedService) =>
  requiredDocuments.map(({ en, ar }, position): Row<"required_document"> => {
    return { service_id: id, position, name_en: en, name_ar: ar };
  });

export const toUseRows = ({ from, counts }: SeedUse): Row<"service_use">[] =>
  Object.entries(counts).flatMap(([service_id, days]) =>
    days.map((uses, index) => {
      const day = new Date(Date.parse(from) + index * millisecondsPerDay);
      return { service_id, day: day.toISOString().slice(0, 10), uses };
    }),
  );

/** @throws Error when a government fee lacks its dirhams, or a service has some that it must not have. */
export function checkFees(services: readonly SeedService[], agencies: readonly SeedAgency[]): void {
  const kinds = new Map(agencies.map(({ id, kind }) => [id, kind]));
  for (const { id, agency, fees } of services) {
    const kind = kinds.get(agency);
    if (!kind) throw new Error(`"${id}" names the agency "${agency}", which is not in the seed.`);
    if (!hasItsDirhams(kind, fees)) {
      throw new Error(
        `"${id}" must carry Knowledge and Innovation Dirham when its government fee is AED 50 or more, and only then.`,
      );
    }
  }
}
