/** The DataLoaders of one request: everything that a field loads goes through one of these. */
import type { Kysely } from "kysely";
import type { Principal } from "../../platform/principal.ts";
import { createListLoader, createOneLoader, perArguments } from "../kit/loaders.ts";
import type { Page } from "../kit/pagination.ts";
import { findAgencies } from "./agency.store.ts";
import { findCategories } from "./category.store.ts";
import { listChannels, listFees, listRequiredDocuments } from "./service-details.store.ts";
import {
  countRequestsOfPeople,
  findOwnRequests,
  listRequestsOfPeople,
} from "./service-request.store.ts";
import { countServicesBy, findServices, listServicesOfAgencies } from "./service.store.ts";
import type { ServicesTables } from "./tables.ts";

export function createLoaders(db: Kysely<ServicesTables>, principal: Principal | undefined) {
  return {
    agency: createOneLoader(
      (ids) => findAgencies(db, ids),
      (row) => row.id,
    ),
    category: createOneLoader(
      (ids) => findCategories(db, ids),
      (row) => row.id,
    ),
    service: createOneLoader(
      (ids) => findServices(db, ids),
      (row) => row.id,
    ),
    channels: createListLoader(
      (ids) => listChannels(db, ids),
      (row) => row.service_id,
    ),
    fees: createListLoader(
      (ids) => listFees(db, ids),
      (row) => row.service_id,
    ),
    requiredDocuments: createListLoader(
      (ids) => listRequiredDocuments(db, ids),
      (row) => row.service_id,
    ),
    servicesOfAgency: perArguments((page: Page) =>
      createListLoader(
        (ids) => listServicesOfAgencies(db, ids, page),
        (row) => row.agency_id,
      ),
    ),
    serviceCountOfAgency: createOneLoader(
      (ids) => countServicesBy(db, "agency_id", ids),
      (row) => row.parent_id,
    ),
    serviceCountOfCategory: createOneLoader(
      (ids) => countServicesBy(db, "category_id", ids),
      (row) => row.parent_id,
    ),
    /** Finds the signed-in person's own requests only. */
    ownRequest: createOneLoader(
      async (ids) => (principal?.kind === "person" ? findOwnRequests(db, principal.id, ids) : []),
      (row) => row.id,
    ),
    requestsOfPerson: perArguments((page: Page) =>
      createListLoader(
        (ids) => listRequestsOfPeople(db, ids, page),
        (row) => row.person_id,
      ),
    ),
    requestCountOfPerson: createOneLoader(
      (ids) => countRequestsOfPeople(db, ids),
      (row) => row.person_id,
    ),
  };
}

export type Loaders = ReturnType<typeof createLoaders>;

/** The row that a foreign key points at. @throws Error when there is none, which the database forbids. */
export async function loadExisting<Row>(
  loader: { readonly load: (id: string) => Promise<Row | null> },
  id: string,
): Promise<Row> {
  const row = await loader.load(id);
  if (row === null) throw new Error(`A foreign key points at "${id}", which is not there.`);
  return row;
}
