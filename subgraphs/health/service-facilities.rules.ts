/** Which facilities offer a service of the catalogue; services that are not named here have none. */
import type { FacilityKind, ServiceFacilityKindTable } from "./tables.ts";

const kindsByService: Readonly<Record<string, readonly FacilityKind[]>> = {
  "dha-open-pharmacies": ["PHARMACY"],
  "dha-find-medical-centre": ["CLINIC", "CENTRE"],
  "dha-find-doctor": ["CLINIC", "HOSPITAL"],
  "dha-medical-fitness": ["CENTRE"],
  "dubai-ambulance-emergency-call": ["HOSPITAL"],
};

/** Services that only one licence type offers, as long as the register has that type. */
const licenceTypeByService: Readonly<Record<string, string>> = {
  "dha-medical-fitness": "Medical Fitness Center",
};

/** @param licenceTypes the English licence types that the register has. */
export const facilityKindsOfServices = (
  licenceTypes: ReadonlySet<string>,
): readonly ServiceFacilityKindTable[] =>
  Object.entries(kindsByService).flatMap(([service_id, kinds]) => {
    const wanted = licenceTypeByService[service_id];
    const licence_type_en = wanted !== undefined && licenceTypes.has(wanted) ? wanted : null;
    return kinds.map((kind) => ({ service_id, kind, licence_type_en }));
  });
