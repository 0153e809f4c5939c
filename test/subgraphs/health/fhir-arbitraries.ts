/** Directories of facilities and doctors, as the model can hold them. */
import fc from "fast-check";
import {
  accessibilityFeatures,
  facilityServices,
} from "../../../subgraphs/health/facility-details.rules.ts";
import { compileHours } from "../../../subgraphs/health/hours-compilation.rules.ts";
import { parseOpeningHours } from "../../../subgraphs/health/opening-hours-text.rules.ts";
import { regularWeek, toMultirange } from "../../../subgraphs/health/opening-hours.rules.ts";
import { normaliseName } from "../../../subgraphs/health/practitioner.rules.ts";
import { sampleHours } from "../../../subgraphs/health/sample-hours.rules.ts";
import { facilityKinds } from "../../../subgraphs/health/tables.ts";

/** Degrees as they are held: 0, or no finer than the database can compute with. */
const degrees = (most: number) =>
  fc
    .double({ min: -most, max: most, noNaN: true })
    .map((value) => (Math.abs(value) < 1e-9 ? 0 : value));

const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .map((value) => value.trim())
  .filter((value) => value !== "");
const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const hours = fc.constantFrom(...new Set(Object.values(sampleHours).flat()));

const facility = fc
  .record({
    id,
    agency_id: id,
    licence_number: text,
    licence_type_en: text,
    licence_type_ar: text,
    kind: fc.constantFrom(...facilityKinds),
    name_en: text,
    name_ar: text,
    specialities: fc.uniqueArray(fc.tuple(text, text), { maxLength: 4, selector: ([en]) => en }),
    address: fc.oneof(text, fc.constant("")),
    area: fc.oneof(text, fc.constant("")),
    phone: fc.option(fc.constantFrom("+97143786666", "+971501234567")),
    website: fc.option(fc.webUrl({ withQueryParameters: true })),
    place: fc.option(
      fc.record({
        latitude: degrees(90),
        longitude: degrees(180),
      }),
    ),
    hours_text: hours,
    ramadan_hours_text: fc.option(hours),
    hours_sample: fc.boolean(),
    services: fc.uniqueArray(fc.constantFrom(...facilityServices), { maxLength: 3 }),
    languages: fc.uniqueArray(fc.constantFrom("ar", "en", "hi", "fil")),
    insurance_networks: fc.uniqueArray(text, { maxLength: 2 }),
    accessibility: fc.uniqueArray(fc.constantFrom(...accessibilityFeatures), { maxLength: 3 }),
    photos: fc.uniqueArray(fc.webUrl(), { maxLength: 2 }),
    emergency: fc.boolean(),
    details_sample: fc.boolean(),
  })
  .map(({ specialities: [speciality, ...further], place, ...row }) => ({
    ...row,
    speciality_en: speciality?.[0] ?? null,
    speciality_ar: speciality?.[1] ?? null,
    further_specialities_en: further.map(([en]) => en),
    further_specialities_ar: further.map(([, ar]) => ar),
    latitude: place?.latitude ?? null,
    longitude: place?.longitude ?? null,
    ...compileHours(row).stored,
  }));

const practitioner = fc
  .record({
    id,
    licence_number: text,
    name_en: text,
    name_ar: text,
    gender: fc.constantFrom("FEMALE" as const, "MALE" as const),
    languages: fc.uniqueArray(fc.constantFrom("ar", "en", "hi", "fil")),
    active: fc.boolean(),
    sample: fc.boolean(),
  })
  .map((row) => ({ ...row, search_text: normaliseName(`${row.name_en} ${row.name_ar}`) }));

export const directory = fc
  .record({
    facilities: fc.uniqueArray(facility, { minLength: 1, maxLength: 4, selector: (one) => one.id }),
    practitioners: fc.uniqueArray(practitioner, {
      minLength: 1,
      maxLength: 4,
      selector: (one) => one.id,
    }),
  })
  .chain(({ facilities, practitioners }) => {
    const role = fc.record({
      id,
      practitioner_id: fc.constantFrom(...practitioners.map((one) => one.id)),
      facility_id: fc.constantFrom(...facilities.map((one) => one.id)),
      speciality_en: text,
      speciality_ar: text,
      working_minutes: fc.oneof(
        hours.map((one) => toMultirange(regularWeek(parseOpeningHours(one)))),
        fc.constant("{}"),
      ),
      active: fc.boolean(),
    });
    return fc.record({
      facilities: fc.constant(facilities),
      practitioners: fc.constant(practitioners),
      roles: fc.uniqueArray(role, { maxLength: 4, selector: (one) => one.id }),
    });
  });
