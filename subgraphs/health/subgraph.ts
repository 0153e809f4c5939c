/** The health subgraph: facilities of the city, public-health bulletins, and the pandemic's figures. */
import { defineSubgraph } from "../kit/define-subgraph.ts";
import { Agency } from "./agency.ts";
import { BulletinChangeResolver } from "./bulletin-change.resolver.ts";
import { BulletinFollowedResolver } from "./bulletin-followed.ts";
import { BulletinResolver } from "./bulletin.resolver.ts";
import { toBulletin } from "./bulletin.ts";
import { createContext, type HealthContext } from "./context.ts";
import {
  AgencyFacilitiesResolver,
  PersonFacilitiesResolver,
  ServiceFacilitiesResolver,
} from "./facility-edges.resolver.ts";
import { DutyResolver } from "./duty.resolver.ts";
import { FacilityResolver } from "./facility.resolver.ts";
import { toFacility } from "./facility.ts";
import { fhirDocuments } from "./fhir.documents.ts";
import { FhirImportResolver } from "./fhir-import.resolver.ts";
import { FigureResolver } from "./figure.resolver.ts";
import { HoursCorrectionResolver } from "./hours-correction.resolver.ts";
import { MapResolver } from "./map.resolver.ts";
import { migrations } from "./migrations/index.ts";
import { Person } from "./person.ts";
import {
  FacilityPractitionersResolver,
  PractitionerNearResolver,
  PractitionerResolver,
  PractitionerRoleResolver,
} from "./practitioner.resolver.ts";
import { toPractitioner, toPractitionerRole } from "./practitioner.ts";
import { Service } from "./service.ts";
import { seed } from "./seed/seed.ts";
import type { HealthTables } from "./tables.ts";

export const subgraph = defineSubgraph<HealthTables, HealthContext>({
  name: "health",
  resolvers: [
    FacilityResolver,
    MapResolver,
    HoursCorrectionResolver,
    DutyResolver,
    FhirImportResolver,
    BulletinResolver,
    BulletinChangeResolver,
    BulletinFollowedResolver,
    FigureResolver,
    PractitionerResolver,
    PractitionerRoleResolver,
    PractitionerNearResolver,
    FacilityPractitionersResolver,
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
    Practitioner: async ({ id }, { loaders }) => {
      const row = await loaders.practitioner.load(String(id));
      return row && toPractitioner(row);
    },
    PractitionerRole: async ({ id }, { loaders }) => {
      const row = await loaders.practitionerRole.load(String(id));
      return row && toPractitionerRole(row);
    },
    Agency: ({ id }) => Agency.of(String(id)),
    Service: ({ id }) => Service.of(String(id)),
    Person: ({ id }) => Person.of(String(id)),
  },
  extensions: ["cube", "earthdistance", "btree_gist"],
  migrations,
  seed,
  createContext,
  documents: fhirDocuments,
});
