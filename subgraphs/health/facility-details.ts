/** Enums of what facilities offer, as the graph shows them; their values are those of the database. */
import { registerEnumType } from "type-graphql";
import type { AccessibilityFeature, FacilityService } from "./facility-details.rules.ts";

export const FacilityServiceEnum = {
  CONSULTATION: "CONSULTATION",
  EMERGENCY_CARE: "EMERGENCY_CARE",
  SURGERY: "SURGERY",
  MATERNITY: "MATERNITY",
  DENTAL_CARE: "DENTAL_CARE",
  EYE_CARE: "EYE_CARE",
  VACCINATION: "VACCINATION",
  LABORATORY_TESTS: "LABORATORY_TESTS",
  IMAGING: "IMAGING",
  PHYSIOTHERAPY: "PHYSIOTHERAPY",
  DIALYSIS: "DIALYSIS",
  MEDICAL_FITNESS: "MEDICAL_FITNESS",
  PRESCRIPTIONS: "PRESCRIPTIONS",
  HOME_DELIVERY: "HOME_DELIVERY",
  HOME_VISITS: "HOME_VISITS",
} as const satisfies { [Service in FacilityService]: Service };

registerEnumType(FacilityServiceEnum, {
  name: "FacilityService",
  description: "What is done for people at a facility.",
  valuesConfig: {
    CONSULTATION: { description: "A doctor sees patients." },
    EMERGENCY_CARE: { description: "Emergencies are treated." },
    SURGERY: { description: "Operations, by day or with a bed." },
    MATERNITY: { description: "Births." },
    DENTAL_CARE: { description: "Teeth." },
    EYE_CARE: { description: "Eyes: tests and glasses." },
    VACCINATION: { description: "Vaccinations are given." },
    LABORATORY_TESTS: { description: "Blood and other samples are taken or tested." },
    IMAGING: { description: "X-ray, ultrasound, CT or MRI." },
    PHYSIOTHERAPY: { description: "Physiotherapy and rehabilitation." },
    DIALYSIS: { description: "Dialysis." },
    MEDICAL_FITNESS: { description: "Medical fitness tests, for example for a residence visa." },
    PRESCRIPTIONS: { description: "Prescriptions are filled." },
    HOME_DELIVERY: { description: "Medicines are brought home." },
    HOME_VISITS: { description: "Nurses or doctors come home." },
  },
});

export const AccessibilityFeatureEnum = {
  STEP_FREE_ENTRANCE: "STEP_FREE_ENTRANCE",
  ACCESSIBLE_PARKING: "ACCESSIBLE_PARKING",
  ACCESSIBLE_TOILET: "ACCESSIBLE_TOILET",
  LIFT: "LIFT",
  HEARING_LOOP: "HEARING_LOOP",
  SIGN_LANGUAGE: "SIGN_LANGUAGE",
} as const satisfies { [Feature in AccessibilityFeature]: Feature };

registerEnumType(AccessibilityFeatureEnum, {
  name: "AccessibilityFeature",
  description: "What makes a facility usable for people of determination.",
  valuesConfig: {
    STEP_FREE_ENTRANCE: { description: "The entrance has no step, or a ramp." },
    ACCESSIBLE_PARKING: { description: "There are accessible parking places." },
    ACCESSIBLE_TOILET: { description: "There is an accessible toilet." },
    LIFT: { description: "A lift goes to where patients are seen." },
    HEARING_LOOP: { description: "There is a hearing loop at the counter." },
    SIGN_LANGUAGE: { description: "Somebody knows sign language." },
  },
});
