/** The data-sharing subgraph: what data agencies share, and who uses whose. */
import { defineSubgraph } from "../kit/define-subgraph.ts";
import { createContext, type DataSharingContext } from "./context.ts";
import { AgencyResolver, DatasetResolver, ServiceResolver } from "./dataset.resolver.ts";
import { toDataset } from "./dataset.ts";
import { migrations } from "./migrations/index.ts";
import { ConsentResolver, DataAccessResolver, PersonResolver } from "./person.resolver.ts";
import { seed } from "./seed/seed.ts";
import { Agency, agencyOf, personOf, Service } from "./stubs.ts";
import type { DataSharingTables } from "./tables.ts";

export const subgraph = defineSubgraph<DataSharingTables, DataSharingContext>({
  name: "data-sharing",
  resolvers: [
    AgencyResolver,
    ConsentResolver,
    DataAccessResolver,
    DatasetResolver,
    PersonResolver,
    ServiceResolver,
  ],
  orphanedTypes: [Agency, Service],
  references: {
    Agency: ({ id }) => agencyOf(String(id)),
    Dataset: async ({ id }, { loaders }) => {
      const row = await loaders.dataset.load(String(id));
      return row && toDataset(row);
    },
    Person: ({ id }) => personOf(String(id)),
    // With `agency { id }` when a field requires it.
    Service: (reference) => Object.assign(new Service(), reference),
  },
  extensions: [],
  migrations,
  seed,
  createContext,
});
