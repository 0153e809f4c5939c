/** What the resolvers of one request can reach: the database, who asks, the time, and loaders. */
import DataLoader from "dataloader";
import type { BaseContext } from "../kit/define-subgraph.ts";
import { createListLoader, createOneLoader, perArguments } from "../kit/loaders.ts";
import type { Page } from "../kit/pagination.ts";
import { bulletinsByIds, bulletinsSuperseding, revisionsOfBulletins } from "./bulletin.store.ts";
import {
  countFacilitiesOfAgencies,
  countFacilitiesOfServices,
  facilitiesOfAgencies,
  facilitiesOfServices,
  type OwnedCount,
} from "./facility-edges.store.ts";
import { type DutyWindow, dutyShiftsOf } from "./duty.store.ts";
import type { FacilityCriteria } from "./facility-filter.rules.ts";
import { facilitiesByIds } from "./facility.store.ts";
import type { PractitionerCriteria } from "./practitioner.rules.ts";
import {
  countPractitionersOfFacilities,
  practitionersByIds,
  practitionersOfFacilities,
  rolesByIds,
  rolesOfPractitioners,
  specialitiesOfFacilities,
} from "./practitioner.store.ts";
import type { HealthTables } from "./tables.ts";

type Base = BaseContext<HealthTables>;

/** How many each owner has; owners that no row speaks of have none. */
const createCountLoader = (
  countMany: (ids: readonly string[]) => Promise<readonly OwnedCount[]>,
): DataLoader<string, number> =>
  new DataLoader(async (ids) => {
    const totals = new Map((await countMany(ids)).map((row) => [row.owner_id, Number(row.total)]));
    return ids.map((id) => totals.get(id) ?? 0);
  });

const createLoaders = ({ db }: Base) => ({
  facility: createOneLoader(
    (ids) => facilitiesByIds(db, ids),
    (row) => row.id,
  ),
  bulletin: createOneLoader(
    (ids) => bulletinsByIds(db, ids),
    (row) => row.id,
  ),
  bulletinSuperseding: createOneLoader(
    (ids) => bulletinsSuperseding(db, ids),
    (row) => String(row.supersedes_id),
  ),
  revisionsOfBulletin: createListLoader(
    (ids) => revisionsOfBulletins(db, ids),
    (row) => row.bulletin_id,
  ),
  practitioner: createOneLoader(
    (ids) => practitionersByIds(db, ids),
    (row) => row.id,
  ),
  practitionerRole: createOneLoader(
    (ids) => rolesByIds(db, ids),
    (row) => row.id,
  ),
  rolesOfPractitioner: createListLoader(
    (ids) => rolesOfPractitioners(db, ids),
    (row) => row.practitioner_id,
  ),
  practitionersOfFacility: perArguments((given: { criteria: PractitionerCriteria; page: Page }) =>
    createListLoader(
      (ids) => practitionersOfFacilities(db, ids, given.criteria, given.page),
      (row) => row.owner_id,
    ),
  ),
  countPractitionersOfFacility: perArguments(({ criteria }: { criteria: PractitionerCriteria }) =>
    createCountLoader((ids) => countPractitionersOfFacilities(db, ids, criteria)),
  ),
  specialitiesOfFacility: createListLoader(
    (ids) => specialitiesOfFacilities(db, ids),
    (row) => row.facility_id,
  ),
  dutyShiftsOfFacility: perArguments((window: DutyWindow) =>
    createListLoader(
      (ids) => dutyShiftsOf(db, ids, window),
      (row) => row.facility_id,
    ),
  ),
  facilitiesOfAgency: perArguments((given: { criteria: FacilityCriteria; page: Page }) =>
    createListLoader(
      (ids) => facilitiesOfAgencies(db, ids, given.criteria, given.page),
      (row) => row.owner_id,
    ),
  ),
  countOfAgency: perArguments(({ criteria }: { criteria: FacilityCriteria }) =>
    createCountLoader((ids) => countFacilitiesOfAgencies(db, ids, criteria)),
  ),
  facilitiesOfService: perArguments(({ page }: { page: Page }) =>
    createListLoader(
      (ids) => facilitiesOfServices(db, ids, page),
      (row) => row.owner_id,
    ),
  ),
  countOfService: createCountLoader((ids) => countFacilitiesOfServices(db, ids)),
});

export type HealthContext = Base & { readonly loaders: ReturnType<typeof createLoaders> };

export const createContext = (base: Base): HealthContext => ({
  ...base,
  loaders: createLoaders(base),
});
