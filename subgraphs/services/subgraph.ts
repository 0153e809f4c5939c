/** The services subgraph: agencies, the catalogue of what they offer, and what people have applied for. */
import { defineSubgraph } from "../kit/define-subgraph.ts";
import { AgencyChangeResolver } from "./agency-change.resolver.ts";
import { AgencyResolver } from "./agency.resolver.ts";
import { toAgency } from "./agency.ts";
import { CatalogueChangeResolver } from "./catalogue-change.resolver.ts";
import { CategoryResolver } from "./category.resolver.ts";
import { toCategory } from "./category.ts";
import { type ServicesCompanion, startCompanion } from "./companion.ts";
import { createContext, type ServicesContext } from "./context.ts";
import { migrations } from "./migrations/index.ts";
import { PersonResolver } from "./person.resolver.ts";
import { toPerson } from "./person.ts";
import { RequestDraftResolver } from "./request-draft.resolver.ts";
import { RequestFormResolver } from "./request-form.resolver.ts";
import { RequestProcessResolver } from "./request-process.resolver.ts";
import { SearchResolver } from "./search.resolver.ts";
import { seed } from "./seed/seed.ts";
import { ServiceRequestResolver } from "./service-request.resolver.ts";
import { toServiceRequest } from "./service-request.ts";
import { ServiceResolver } from "./service.resolver.ts";
import { toService } from "./service.ts";
import type { ServicesTables } from "./tables.ts";

export const subgraph = defineSubgraph<ServicesTables, ServicesContext, ServicesCompanion>({
  name: "services",
  resolvers: [
    AgencyChangeResolver,
    AgencyResolver,
    CatalogueChangeResolver,
    CategoryResolver,
    PersonResolver,
    RequestDraftResolver,
    RequestFormResolver,
    RequestProcessResolver,
    SearchResolver,
    ServiceRequestResolver,
    ServiceResolver,
  ],
  orphanedTypes: [],
  references: {
    Agency: async ({ id }, { loaders }) =>
      (await loaders.agency.load(String(id))) && toAgency(String(id), loaders),
    Category: async ({ id }, { loaders }) => {
      const row = await loaders.category.load(String(id));
      return row && toCategory(row);
    },
    Person: ({ id }) => toPerson(String(id)),
    Service: async ({ id }, { loaders }) => {
      const row = await loaders.service.load(String(id));
      return row && toService(row);
    },
    ServiceRequest: async ({ id }, { loaders }) => {
      const row = await loaders.visibleRequest.load(String(id));
      return row && toServiceRequest(row);
    },
  },
  extensions: [],
  migrations,
  seed,
  createContext,
  startCompanion,
});
