/**
 * How a row of the authority's register becomes a facility that people can be shown: its kind, its
 * phone number, its website, and whether its coordinates are a place. Pure; used when seeding.
 */
import type { FacilityKind } from "./tables.ts";

/** The first pattern that fits the English licence type decides; the order matters. */
const kindRules: readonly (readonly [RegExp, FacilityKind])[] = [
  [/\bpharmacy\b/i, "PHARMACY"],
  // Nobody walks in here: they visit, transport, supply, teach, or are no health care.
  [/home healthcare|telehealth|patient transfer|drug store|beauty|convalescence/i, "OTHER"],
  [/laborator(y|ies)\b/i, "LABORATORY"],
  [/\bhospital\b/i, "HOSPITAL"],
  [/clinic\b/i, "CLINIC"],
  [/\bcent(er|re)\b|^clinical support\b|\bTCAM\b/i, "CENTRE"],
];

/** `PolyClinic (2spec)` → CLINIC. A pharmacy inside a hospital is a pharmacy. */
export const kindOfLicence = (licenceType: string): FacilityKind =>
  kindRules.find(([pattern]) => pattern.test(licenceType))?.[1] ?? "OTHER";

/** National numbers of the UAE: mobile, landline with area code, and free or shared-cost ones. */
const nationalNumber = /^(5\d{8}|[234679]\d{7}|800\d{2,9}|600\d{6})$/;

/** A phone number in any of the register's spellings → E.164 (the first of several), or null. */
export function toPhone(text: string): string | null {
  const [first = ""] = text.split(/\/|ext/i);
  const digits = first.replace(/\D/g, "").replace(/^00/, "");
  const national = digits.replace(/^0*(971)?0*/, "");
  return nationalNumber.test(national) ? `+971${national}` : null;
}

/** What was typed as website → an http(s) URL, or null when it is none (a word, an e-mail address). */
export function toWebsite(text: string): string | null {
  const typed = text.trim();
  if (typed === "" || /[\s@]/.test(typed)) return null;
  const url = URL.parse(/^https?:\/\//i.test(typed) ? typed : `http://${typed}`);
  return url && /^([a-z0-9-]+\.)+[a-z]{2,}$/.test(url.hostname) ? url.href : null;
}

/** Where the register puts facilities whose place it does not know: 40 of them, all over the city. */
const placeholder = { latitude: 25.170577, longitude: 55.150404 };

export const isPlaceholder = (latitude: number, longitude: number): boolean =>
  latitude === placeholder.latitude && longitude === placeholder.longitude;
