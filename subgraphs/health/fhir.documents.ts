/** Facilities and doctors as FHIR R4 Bundles, for systems that speak no GraphQL: public data, read whole. */
import type { PublicDocument } from "../kit/define-subgraph.ts";
import type { HealthContext } from "./context.ts";
import { type Directory, toBundle } from "./fhir-write.rules.ts";

const empty: Directory = { facilities: [], practitioners: [], roles: [] };

const bundleDocument = (
  read: (context: HealthContext) => Promise<Directory>,
): PublicDocument<HealthContext> => ({
  contentType: "application/fhir+json; fhirVersion=4.0; charset=utf-8",
  maxAgeSeconds: 300,
  write: async (context) => JSON.stringify(toBundle(await read(context))),
});

export const fhirDocuments: Readonly<Record<string, PublicDocument<HealthContext>>> = {
  "/fhir/facilities.json": bundleDocument(async ({ db }) => ({
    ...empty,
    facilities: await db.selectFrom("facility").selectAll().orderBy("id").execute(),
  })),
  "/fhir/practitioners.json": bundleDocument(async ({ db }) => ({
    ...empty,
    practitioners: await db.selectFrom("practitioner").selectAll().orderBy("id").execute(),
    roles: await db.selectFrom("practitioner_role").selectAll().orderBy("id").execute(),
  })),
};
