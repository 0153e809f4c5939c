/**
 * A made-up duty roster of pharmacies, since no official one is published as data: each night of the
 * first months of 2020 and of two years from 2026 on, three pharmacies of different districts are on
 * duty from 22:00 to 08:00. Always the same for the same pharmacies, and marked as a sample.
 */
import { addDays, type CityDate, startOfCityDate } from "../kit/city-date.ts";
import type { DutyShiftTable, FacilityTable } from "./tables.ts";

const nights: readonly { readonly from: CityDate; readonly count: number }[] = [
  { from: "2020-03-01", count: 92 },
  { from: "2026-01-01", count: 730 },
];
const perNight = 3;
const hourMs = 3_600_000;

/** @param facilities in the order in which they take turns. */
export function sampleDutyShifts(facilities: readonly FacilityTable[]): readonly DutyShiftTable[] {
  const pharmacies = facilities.filter(
    ({ kind, latitude, hours_text }) =>
      kind === "PHARMACY" && latitude !== null && hours_text !== "24/7",
  );
  // One of each district in turn, so that neighbours are not on duty in the same night.
  const districts = [...Map.groupBy(pharmacies, ({ area }) => area).values()];
  const longest = Math.max(0, ...districts.map((ones) => ones.length));
  const turns = Array.from({ length: longest }, (_, turn) =>
    districts.flatMap((ones) => ones.slice(turn, turn + 1)),
  ).flat();
  if (turns.length < perNight) return [];
  return nights.flatMap(({ from, count }) =>
    Array.from({ length: count }, (_, night) => {
      const midnight = startOfCityDate(addDays(from, night)).getTime();
      return Array.from({ length: perNight }, (_place, place) => ({
        facility_id: (turns[(night * perNight + place) % turns.length] as FacilityTable).id,
        starts_at: new Date(midnight + 22 * hourMs),
        ends_at: new Date(midnight + 32 * hourMs),
        sample: true,
      }));
    }).flat(),
  );
}
