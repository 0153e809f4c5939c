/**
 * Sample doctors for a register that names none: enters facilities and a file of names, leaves the
 * same doctors each time, with roles at real facilities and times that never overlap. All are marked
 * `sample`; names are put together and belong to nobody.
 */
import { createHash } from "node:crypto";
import { parseOpeningHours } from "./opening-hours-text.rules.ts";
import { regularWeek, toMultirange } from "./opening-hours.rules.ts";
import { normaliseName } from "./practitioner.rules.ts";
import type { FacilityTable, Gender, PractitionerRoleTable, PractitionerTable } from "./tables.ts";

export type SampleName = {
  readonly part: string;
  readonly en: string;
  readonly ar: string;
  readonly gender: string;
};

export type SamplePractitioners = {
  readonly practitioners: readonly PractitionerTable[];
  readonly roles: readonly PractitionerRoleTable[];
};

/** Work at the first place is on weekdays, at a second one on Saturday: nobody is in two places. */
const weekdayTimes = [
  "Mo-Fr 08:00-14:00",
  "Mo-Fr 09:00-13:00,17:00-20:00",
  "Mo-Th 10:00-18:00; Fr 09:00-12:00",
  "Tu-Fr 14:00-22:00",
  "Mo,We 09:00-17:00; Th 20:00-02:00",
].map((text) => toMultirange(regularWeek(parseOpeningHours(text))));
const saturdayTimes = toMultirange(regularWeek(parseOpeningHours("Sa 10:00-16:00")));

const languageSets = [
  ["ar", "en"],
  ["en", "hi"],
  ["ar", "en", "fr"],
  ["en", "ur", "hi"],
  ["en", "tl"],
  ["en", "ml", "hi"],
  ["ar", "en", "ru"],
] as const;

/** A whole number from 0 that depends on the text alone. */
const draw = (text: string): number => createHash("sha256").update(text).digest().readUInt32BE(0);

const pick = <Item>(items: readonly Item[], text: string): Item =>
  items[draw(text) % items.length] as Item;

/** Where doctors of a speciality work; the register's other labels are trades, or no one's. */
const noDoctor = /^(pharmacy|optometry|nursing|.*lab.*|.*beauty.*|.*support.*)$/i;

const seesPatients = ({ kind, speciality_en }: FacilityTable): boolean =>
  ["CLINIC", "HOSPITAL", "CENTRE"].includes(kind) &&
  speciality_en !== null &&
  /^[\x20-\x7e]+$/.test(speciality_en) &&
  !noDoctor.test(speciality_en);

const doctorsAt = ({ kind, id }: FacilityTable): number =>
  kind === "HOSPITAL" ? 6 : draw(`count ${id}`) % 2;

type Speciality = { readonly en: string; readonly ar: string };

const specialityOf = ({ speciality_en, speciality_ar }: FacilityTable): Speciality => ({
  en: speciality_en ?? "",
  ar: speciality_ar ?? "",
});

export function samplePractitioners(
  facilities: readonly FacilityTable[],
  names: readonly SampleName[],
): SamplePractitioners {
  const given = names.filter(({ part }) => part === "given");
  const family = names.filter(({ part }) => part === "family");
  const places = facilities.filter(seesPatients);
  const specialities = places
    .filter(({ kind }) => kind === "CLINIC")
    .map(specialityOf)
    .filter(({ en }) => !/dent|odont|implant/i.test(en));
  const placesOf = Map.groupBy(places, ({ speciality_en }) => speciality_en);
  const practitioners: PractitionerTable[] = [];
  const roles: PractitionerRoleTable[] = [];
  for (const place of places) {
    for (let index = 0; index < doctorsAt(place); index += 1) {
      const number = `S${place.licence_number}${index}`;
      const id = `dr-${number.toLowerCase()}`;
      const first = pick(given, `given ${id}`);
      const last = pick(family, `family ${id}`);
      const [en, ar] = [`${first.en} ${last.en}`, `${first.ar} ${last.ar}`];
      practitioners.push({
        id,
        licence_number: number,
        name_en: en,
        name_ar: ar,
        search_text: normaliseName(`${en} ${ar}`),
        gender: first.gender as Gender,
        languages: [...pick(languageSets, `languages ${id}`)],
        active: true,
        sample: true,
      });
      const speciality = index === 0 ? specialityOf(place) : pick(specialities, `speciality ${id}`);
      const common = {
        practitioner_id: id,
        speciality_en: speciality.en,
        speciality_ar: speciality.ar,
        active: true,
      };
      roles.push({
        ...common,
        id: `${id}-1`,
        facility_id: place.id,
        working_minutes: pick(weekdayTimes, `times ${id}`),
      });
      const second = pick(placesOf.get(speciality.en) ?? [place], `second ${id}`);
      if (draw(`two ${id}`) % 5 === 0 && second.id !== place.id) {
        roles.push({
          ...common,
          id: `${id}-2`,
          facility_id: second.id,
          working_minutes: saturdayTimes,
        });
      }
    }
  }
  return { practitioners, roles };
}
