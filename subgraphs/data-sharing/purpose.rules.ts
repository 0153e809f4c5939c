/**
 * For what personal data is used: a closed list, so that a consent for one purpose can be told from
 * one for another by programs, each with the sentence that a person consents to.
 */
import type { PurposeCode, Text } from "./tables.ts";

export const purposeTexts: Readonly<Record<PurposeCode, Text>> = {
  SERVICE_DELIVERY: {
    en: "To provide a service that you have asked for.",
    ar: "لتقديم خدمة طلبتموها.",
  },
  ELIGIBILITY_CHECK: {
    en: "To check whether you are entitled to a service.",
    ar: "للتحقق من استحقاقكم لخدمة.",
  },
  NOTIFICATION: {
    en: "To tell you of deadlines and events that concern you.",
    ar: "لإعلامكم بالمواعيد والأحداث التي تهمكم.",
  },
  EMERGENCY_CARE: {
    en: "To treat you in an emergency.",
    ar: "لإسعافكم في حالات الطوارئ.",
  },
  RESEARCH: {
    en: "For research and planning; results name nobody.",
    ar: "لأغراض البحث والتخطيط، دون ذكر أي شخص في النتائج.",
  },
  LAW_ENFORCEMENT: {
    en: "To enforce the law.",
    ar: "لإنفاذ القانون.",
  },
};

/** Law does not ask for consent, so nobody can consent to its enforcement. */
export const isConsentable = (code: PurposeCode): boolean => code !== "LAW_ENFORCEMENT";
