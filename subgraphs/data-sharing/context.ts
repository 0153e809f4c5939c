/** What the resolvers of this subgraph can reach, made anew for each request. */
import type { BaseContext } from "../kit/define-subgraph.ts";
import { createListLoader, createOneLoader, perArguments } from "../kit/loaders.ts";
import type { Page } from "../kit/pagination.ts";
import { countConsentsOfPeople, findOwnConsents, listConsentsOfPeople } from "./consent.store.ts";
import { countAccessesOfPeople, listAccessesOfPeople } from "./data-access.store.ts";
import {
  findLicences,
  findParticipants,
  listDistributions,
  listThemesOfDatasets,
} from "./dataset-details.store.ts";
import {
  countDatasetsOfPublishers,
  findDatasets,
  listDatasetsOfPublishers,
} from "./dataset.store.ts";
import { settle } from "./access-log.settle.ts";
import { type AccessLogWriter, createAccessLogWriter } from "./access-log.writer.ts";
import { findProducts, measureCompleteness } from "./product.store.ts";
import {
  findGrantsOfRequests,
  findLatestAgreements,
  findRequests,
  listSteps,
} from "./sharing.store.ts";
import type { DataSharingTables } from "./tables.ts";
import { findToolkitEdition } from "./toolkit.store.ts";
import { type TreeHeadKey, treeHeadKeyOf } from "./tree-head.ts";
import type { TimePage } from "./time-page.ts";

type Base = BaseContext<DataSharingTables>;

/** Asks once, whoever asks how often. */
function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | undefined;
  return () => (loaded ??= load());
}

const createLoaders = ({ db, principal }: Base) => ({
  toolkitEdition: once(() => findToolkitEdition(db)),
  dataset: createOneLoader(
    (ids) => findDatasets(db, ids),
    (row) => row.id,
  ),
  datasetsOfPublisher: perArguments((page: Page) =>
    createListLoader(
      (ids) => listDatasetsOfPublishers(db, ids, page),
      (row) => row.publisher_id,
    ),
  ),
  datasetCountOfPublisher: createOneLoader(
    (ids) => countDatasetsOfPublishers(db, ids),
    (row) => row.publisher_id,
  ),
  themes: createListLoader(
    (ids) => listThemesOfDatasets(db, ids),
    (row) => row.dataset_id,
  ),
  distributions: createListLoader(
    (ids) => listDistributions(db, ids),
    (row) => row.dataset_id,
  ),
  licence: createOneLoader(
    (ids) => findLicences(db, ids),
    (row) => row.id,
  ),
  participant: createOneLoader(
    (ids) => findParticipants(db, ids),
    (row) => row.agency_id,
  ),
  product: createOneLoader(
    (ids) => findProducts(db, ids),
    (row) => row.dataset_id,
  ),
  completeness: createOneLoader(
    (ids) => measureCompleteness(db, ids),
    (row) => row.dataset_id,
  ),
  request: createOneLoader(
    (ids) => findRequests(db, ids),
    (row) => row.id,
  ),
  agreementOfRequest: createOneLoader(
    (ids) => findLatestAgreements(db, ids),
    (row) => row.request_id,
  ),
  grantOfRequest: createOneLoader(
    (ids) => findGrantsOfRequests(db, ids),
    (row) => row.request_id,
  ),
  steps: createListLoader(
    (ids) => listSteps(db, ids),
    (row) => row.subject_id,
  ),
  /** Finds the signed-in person's own consents only. */
  ownConsent: createOneLoader(
    async (ids) => (principal?.kind === "person" ? findOwnConsents(db, principal.id, ids) : []),
    (row) => row.id,
  ),
  consentsOfPerson: perArguments((page: TimePage) =>
    createListLoader(
      (ids) => listConsentsOfPeople(db, ids, page),
      (row) => row.person_id,
    ),
  ),
  consentCountOfPerson: createOneLoader(
    (ids) => countConsentsOfPeople(db, ids),
    (row) => row.person_id,
  ),
  accessesOfPerson: perArguments((page: TimePage) =>
    createListLoader(
      (ids) => listAccessesOfPeople(db, ids, page),
      (row) => row.person_id,
    ),
  ),
  accessCountOfPerson: createOneLoader(
    (ids) => countAccessesOfPeople(db, ids),
    (row) => row.person_id,
  ),
});

/** What outlives a request: one writer of the access log for each database that is open. */
type Shared = { readonly treeHeadKey: TreeHeadKey; readonly accessLogWriter: AccessLogWriter };
const sharedOf = new WeakMap<object, Shared>();

function createShared({ db, clock, deriveKey }: Base): Shared {
  const treeHeadKey = treeHeadKeyOf(deriveKey);
  return {
    treeHeadKey,
    accessLogWriter: createAccessLogWriter({ db, key: treeHeadKey, clock, settle }),
  };
}

export type DataSharingContext = Base &
  Shared & { readonly loaders: ReturnType<typeof createLoaders> };

export function createContext(base: Base): DataSharingContext {
  const shared = sharedOf.get(base.db) ?? createShared(base);
  sharedOf.set(base.db, shared);
  return { ...base, ...shared, loaders: createLoaders(base) };
}
