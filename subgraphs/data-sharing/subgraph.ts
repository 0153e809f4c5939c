/** The data-sharing subgraph: what data agencies share, who uses whose, and guidance on sharing. */
import { defineSubgraph } from "../kit/define-subgraph.ts";
import { AccessLogResolver } from "./access-log.resolver.ts";
import { catalogueDocuments } from "./catalogue.documents.ts";
import { SharingAgreementResolver } from "./agreement.resolver.ts";
import { AskSharingResolver } from "./ask-sharing.resolver.ts";
import { ReviewSharingResolver } from "./review-sharing.resolver.ts";
import { SignSharingResolver } from "./sign-sharing.resolver.ts";
import { DatasetProductResolver, SharedDataResolver } from "./shared-data.resolver.ts";
import { SharingRequestResolver } from "./sharing.resolver.ts";
import { ChangeConsentResolver } from "./consent.resolver.ts";
import { createContext, type DataSharingContext } from "./context.ts";
import { AgencyResolver, ServiceResolver } from "./dataset-edges.resolver.ts";
import { DatasetResolver } from "./dataset.resolver.ts";
import { toDataset } from "./dataset.ts";
import { migrations } from "./migrations/index.ts";
import { startCompanion } from "./companion.ts";
import { ConsentResolver, DataAccessResolver, PersonResolver } from "./person.resolver.ts";
import { PersonalDataResolver } from "./personal-data.ts";
import { DatasetQualityResolver } from "./quality.ts";
import { seed } from "./seed/seed.ts";
import { Agency, Person, Service } from "./stubs.ts";
import type { DataSharingTables } from "./tables.ts";
import { SharingStatisticsResolver } from "./statistics.resolver.ts";
import { ToolkitProgressResolver, ToolkitResolver } from "./toolkit.resolver.ts";

export const subgraph = defineSubgraph<DataSharingTables, DataSharingContext>({
  name: "data-sharing",
  resolvers: [
    AccessLogResolver,
    AgencyResolver,
    ChangeConsentResolver,
    AskSharingResolver,
    ReviewSharingResolver,
    SignSharingResolver,
    ConsentResolver,
    DataAccessResolver,
    DatasetQualityResolver,
    DatasetResolver,
    PersonalDataResolver,
    PersonResolver,
    ServiceResolver,
    SharedDataResolver,
    DatasetProductResolver,
    SharingAgreementResolver,
    SharingRequestResolver,
    SharingStatisticsResolver,
    ToolkitProgressResolver,
    ToolkitResolver,
  ],
  orphanedTypes: [Agency, Service],
  references: {
    Agency: ({ id }) => Agency.of(String(id)),
    Dataset: async ({ id }, { loaders }) => {
      const row = await loaders.dataset.load(String(id));
      return row && toDataset(row);
    },
    Person: ({ id }) => Person.of(String(id)),
    // With `agency { id }` when a field requires it.
    Service: (reference) => Object.assign(new Service(), reference),
  },
  extensions: [],
  migrations,
  seed,
  createContext,
  startCompanion,
  documents: catalogueDocuments,
});
