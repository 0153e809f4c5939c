/** The health subgraph: facilities of the city, public-health bulletins, and the pandemic's figures. */
import { defineSubgraph } from "../kit/define-subgraph.ts";
import { Agency } from "./agency.ts";
import { BulletinResolver } from "./bulletin.resolver.ts";
import { toBulletin } from "./bulletin.ts";
import { createContext, type HealthContext } from "./context.ts";
import {
  AgencyFacilitiesResolver,
  PersonFacilitiesResolver,
  ServiceFacilitiesResolver,
} from "./facility-edges.resolver.ts";
import { FacilityResolver } from "./facility.resolver.ts";
import { toFacility } from "./facility.ts";
import { HoursCorrectionResolver } from "./hours-correction.resolver.ts";
import { MapResolver } from "./map.resolver.ts";
import { migrations } from "./migrations/index.ts";
import { Person } from "./person.ts";
import { Service } from "./service.ts";
import { seed } from "./seed/seed.ts";
import type { HealthTables } from "./tables.ts";

export const subgraph = defineSubgraph<HealthTables, HealthContext>({
  name: "health",
  resolvers: [
    FacilityResolver,
    MapResolver,
    HoursCorrectionResolver,
    BulletinResolver,
    AgencyFacilitiesResolver,
    ServiceFacilitiesResolver,
    PersonFacilitiesResolver,
  ],
  orphanedTypes: [Service],
  references: {
    Facility: async ({ id }, { loaders }) => {
      const row = await loaders.facility.load(String(id));
      return row && toFacility(row);
    },
    Bulletin: async ({ id }, { loaders }) => {
      const row = await loaders.bulletin.load(String(id));
      return row && toBulletin(row);
    },
    Agency: ({ id }) => Agency.of(String(id)),
    Service: ({ id }) => Service.of(String(id)),
    Person: ({ id }) => Person.of(String(id)),
  },
  extensions: ["cube", "earthdistance"],
  migrations,
  seed,
  createContext,
});
