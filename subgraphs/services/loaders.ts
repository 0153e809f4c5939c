/** The DataLoaders of one request: everything that a field loads goes through one of these. */
import type { Kysely } from "kysely";
import type { Principal } from "../../platform/principal.ts";
import { createListLoader, createOneLoader, perArguments } from "../kit/loaders.ts";
import type { Page } from "../kit/pagination.ts";
import { findAgencies } from "./agency.store.ts";
import { findCategories } from "./category.store.ts";
import { findLifeEvents, listLifeEventsOfServices } from "./life-event.store.ts";
import { listChannels, listFees, listRequiredDocuments } from "./service-details.store.ts";
import { requestActorOf } from "./request.actor.ts";
import { findNewestForms, listForms } from "./request-form.store.ts";
import { listFeePayments, listMessages, listTransitions } from "./request-history.store.ts";
import {
  countRequestsOfPeople,
  findRequests,
  listRequestsOfPeople,
} from "./service-request.store.ts";
import { findVersions, listVersions } from "./service-version.store.ts";
import {
  countServicesOfAgencies,
  countServicesOfCategories,
  findServices,
  listServicesOfAgencies,
} from "./service.store.ts";
import type { ServicesTables } from "./tables.ts";

/** One version of one service, as a loader's key: ids of services have no @ in them. */
export const versionKey = (serviceId: string, version: number): string => `${serviceId}@${version}`;

function readVersionKey(key: string): { readonly serviceId: string; readonly version: number } {
  const [serviceId = "", version = ""] = key.split("@");
  return { serviceId, version: Number(version) };
}

export function createLoaders(db: Kysely<ServicesTables>, principal: Principal | undefined) {
  const actor = requestActorOf(principal);
  return {
    agency: createOneLoader(
      (ids) => findAgencies(db, ids),
      (row) => row.id,
    ),
    category: createOneLoader(
      (ids) => findCategories(db, ids),
      (row) => row.id,
    ),
    lifeEvent: createOneLoader(
      (ids) => findLifeEvents(db, ids),
      (row) => row.id,
    ),
    lifeEventsOfService: createListLoader(
      (ids) => listLifeEventsOfServices(db, ids),
      (row) => row.service_id,
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
    versionsOfService: createListLoader(
      (ids) => listVersions(db, ids),
      (row) => row.service_id,
    ),
    /** By `service@version`. */
    versionOfService: createOneLoader(
      (keys) => findVersions(db, keys.map(readVersionKey)),
      (row) => versionKey(row.service_id, row.version),
    ),
    servicesOfAgency: perArguments((page: Page) =>
      createListLoader(
        (ids) => listServicesOfAgencies(db, ids, page),
        (row) => row.agency_id,
      ),
    ),
    serviceCountOfAgency: createOneLoader(
      (ids) => countServicesOfAgencies(db, ids),
      (row) => row.parent_id,
    ),
    serviceCountOfCategory: createOneLoader(
      (ids) => countServicesOfCategories(db, ids),
      (row) => row.parent_id,
    ),
    /** Finds what the signed-in person or agency may see, and nothing else. */
    visibleRequest: createOneLoader(
      async (ids) => (actor ? findRequests(db, actor, ids) : []),
      (row) => row.id,
    ),
    requestSteps: createListLoader(
      (ids) => listTransitions(db, ids),
      (row) => row.request_id,
    ),
    requestMessages: createListLoader(
      (ids) => listMessages(db, ids),
      (row) => row.request_id,
    ),
    requestFeePayment: createOneLoader(
      (ids) => listFeePayments(db, ids),
      (row) => row.request_id,
    ),
    /** By service; the newest version when none is named. */
    requestForm: perArguments((version: number | undefined) =>
      createOneLoader(
        async (ids) =>
          version === undefined
            ? findNewestForms(db, ids)
            : (await listForms(db, ids)).filter((form) => form.version === version),
        (row) => row.service_id,
      ),
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
