/** The seed's data → rows of the tables; nothing is read or written here. */
import type { Insertable } from "kysely";
import { hasItsDirhams } from "../fee.rules.ts";
import type { ServiceEntry } from "../service-entry.ts";
import { toServiceRow } from "../service-rows.ts";
import type { ServicesTables } from "../tables.ts";
import { searchTextOf } from "../text.rules.ts";
import type {
  SeedAgency,
  SeedCategory,
  SeedGuide,
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

/** Sample: as most counters of the catalogue have them. */
const counterHours = {
  hours_en: "Sunday to Thursday, 8:00 to 14:00",
  hours_ar: "من الأحد إلى الخميس، من 8:00 إلى 14:00",
};

export const toAgencyRow = ({ name, ...agency }: SeedAgency): Row<"agency"> => ({
  ...agency,
  email: null,
  logo: null,
  ...counterHours,
  name_en: name.en,
  name_ar: name.ar,
  search_text: searchTextOf([name.en, name.ar]),
});

const relatedLimit = 3;

/** Sample: there is no telling what the agencies' services rest on. */
const legalBasis = [
  {
    title: {
      en: "The agency's decision on the terms of its services (sample)",
      ar: "قرار الجهة بشأن شروط خدماتها (عينة)",
    },
    url: null,
  },
];

/**
 * Services as their file has them, with what the other files say of them: life events and guides.
 * Related are the first few of the same agency and category.
 * @throws Error when a service has no guide.
 */
export const toEntries = (
  services: readonly SeedService[],
  lifeEvents: readonly SeedLifeEvent[],
  guides: readonly SeedGuide[],
): ServiceEntry[] =>
  services.map((service) => {
    const guide = guides.find((one) => one.services.includes(service.id));
    if (!guide) throw new Error(`"${service.id}" stands in no guide of service-guides.json.`);
    const { eligibility, rules, steps, outputs } = guide;
    const related = services.filter(
      ({ id, agency, category }) =>
        id !== service.id && agency === service.agency && category === service.category,
    );
    return {
      ...service,
      lifeEvents: lifeEvents.filter((one) => one.services.includes(service.id)).map(({ id }) => id),
      eligibility,
      rules,
      steps,
      outputs,
      legalBasis,
      relatedServices: related.slice(0, relatedLimit).map(({ id }) => id),
    };
  });

/** They hold since they were looked over. */
export const toFirstVersion = (entry: ServiceEntry) => ({
  service_id: entry.id,
  version: 1,
  from_at: toServiceRow(entry).last_reviewed_at,
  changedBy: "seed",
  entry,
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
