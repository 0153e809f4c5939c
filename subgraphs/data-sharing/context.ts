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
import type { DataSharingTables } from "./tables.ts";
import type { TimePage } from "./time-page.ts";

type Base = BaseContext<DataSharingTables>;

const createLoaders = ({ db, principal }: Base) => ({
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

export type DataSharingContext = Base & { readonly loaders: ReturnType<typeof createLoaders> };

export const createContext = (base: Base): DataSharingContext => ({
  ...base,
  loaders: createLoaders(base),
});
