/**
 * Made-up opening hours, since the register has none: a licence number and a kind → a text in
 * OpenStreetMap's grammar, always the same for the same licence. They show what real hours are like
 * in the city (open day and night, a break at noon, past midnight, late on Fridays) and are marked
 * as samples wherever they are shown.
 */
import { hash } from "./sample-pick.rules.ts";
import type { FacilityKind } from "./tables.ts";

/** Patterns by kind; one that stands twice is twice as frequent. */
export const sampleHours: Readonly<Record<FacilityKind, readonly string[]>> = {
  PHARMACY: [
    "24/7",
    "Mo-Su 08:00-23:00",
    "Mo-Su 09:00-24:00",
    "Mo-Su 08:30-01:00",
    "Mo-Th,Sa,Su 08:00-23:30; Fr 09:00-11:30,13:30-23:30",
    "Mo-Th,Sa,Su 09:00-13:00,16:30-22:30; Fr 16:30-22:30",
    "Sa-Th 09:00-13:30,16:00-23:00; Fr 14:00-24:00",
    "Su-We 10:00-22:00; Th-Sa 10:00-02:00",
  ],
  CLINIC: [
    "Mo-Su 09:00-21:00",
    "Mo-Th,Sa 09:00-13:00,17:00-21:00; Fr 09:00-12:00; Su,PH off",
    "Mo-Th 08:00-18:00; Fr 08:00-12:00; Sa 09:00-15:00; PH off",
    "Mo-Sa 10:00-20:00",
    "Sa-Th 09:00-14:00,16:30-21:30; Fr 16:30-21:30",
  ],
  HOSPITAL: ["24/7"],
  CENTRE: [
    "Mo-Su 10:00-22:00",
    'Mo-Th,Sa 08:30-17:30; Fr 08:30-12:00; PH off || "by appointment"',
    "Sa-Th 10:00-13:30,16:30-22:00; Fr 16:30-22:30",
  ],
  LABORATORY: [
    "24/7",
    "Mo-Sa 07:00-21:00; Fr 07:00-12:00,14:00-21:00; PH 09:00-15:00",
    "Mo-Th 07:30-17:00; Fr 07:30-11:30; Sa 08:00-13:00",
  ],
  OTHER: [
    // The city's weekend became Saturday and Sunday in 2022.
    "2000-2021 Su-Th 08:00-15:00; 2022+ Mo-Th 08:00-17:00; 2022+ Fr 08:00-12:00; PH off",
    "Sa-Th 09:00-18:00; Fr off",
  ],
};

/** What differs in Ramadan, by the text of the other months. */
const sampleRamadanHours: Readonly<Record<string, string>> = {
  "Mo-Su 09:00-24:00": "Mo-Su 10:00-17:00,20:00-02:00",
  "Mo-Su 09:00-21:00": "Mo-Su 09:00-16:00,20:30-24:00",
  "Mo-Th 08:00-18:00; Fr 08:00-12:00; Sa 09:00-15:00; PH off":
    "Mo-Th 09:00-15:00; Fr 09:00-12:00; PH off",
  "Mo-Su 10:00-22:00": "Mo-Su 10:00-16:00,20:00-01:00",
};

/** Null when the same hours hold in Ramadan. */
export const sampleRamadanHoursOf = (hoursText: string): string | null =>
  sampleRamadanHours[hoursText] ?? null;

export function sampleHoursOf(licenceNumber: string, kind: FacilityKind): string {
  const patterns = sampleHours[kind];
  return patterns[hash(licenceNumber) % patterns.length] as string;
}
