/** What the resolvers of this subgraph can reach, made anew for each request. */
import type { BaseContext } from "../kit/define-subgraph.ts";
import { createListLoader, createOneLoader, perArguments } from "../kit/loaders.ts";
import type { Page } from "../kit/pagination.ts";
import {
  countDatasetsOfPublishers,
  loadDatasets,
  loadDatasetsOfPublishers,
  loadDistributions,
  loadLicences,
} from "./dataset.store.ts";
import type { DataSharingTables } from "./tables.ts";

const createLoaders = ({ db }: BaseContext<DataSharingTables>) => ({
  dataset: createOneLoader(
    (ids) => loadDatasets(db, ids),
    ({ id }) => id,
  ),
  datasetsOfPublisher: perArguments((page: Page) =>
    createListLoader(
      (publishers) => loadDatasetsOfPublishers(db, publishers, page),
      (row) => row.publisher_id,
    ),
  ),
  datasetCountOfPublisher: createOneLoader(
    (publishers) => countDatasetsOfPublishers(db, publishers),
    (row) => row.publisher_id,
  ),
  distributions: createListLoader(
    (datasets) => loadDistributions(db, datasets),
    (row) => row.dataset_id,
  ),
  licence: createOneLoader(
    (ids) => loadLicences(db, ids),
    ({ id }) => id,
  ),
});

export type DataSharingContext = BaseContext<DataSharingTables> & {
  readonly loaders: ReturnType<typeof createLoaders>;
};

export const createContext = (base: BaseContext<DataSharingTables>): DataSharingContext => ({
  ...base,
  loaders: createLoaders(base),
});
