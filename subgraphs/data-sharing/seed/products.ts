/**
 * Rows of the data products; all of them made up, and marked so. Journeys come from a small generator
 * with a fixed start, so that every city has the same: crowded areas, and a few where hardly anybody is.
 */
import type { ProductFieldData, RowData } from "../product.tables.ts";

export type SeedProduct = {
  readonly datasetId: string;
  readonly fields: readonly ProductFieldData[];
  readonly rows: readonly { readonly subject: string; readonly data: RowData }[];
};

/** Numerical Recipes' linear congruential generator: made-up data needs no better chance. */
function createDice(start: number): (sides: number) => number {
  let state = start;
  return (sides) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * sides);
  };
}

/** Area and how many of a hundred riders live there. */
const areas = [
  ["deira", 30],
  ["bur-dubai", 25],
  ["dubai-marina", 20],
  ["al-quoz", 15],
  ["jumeirah", 8],
  ["hatta", 2],
] as const;
const periods = ["morning", "midday", "evening", "night"] as const;
const modes = ["metro", "bus", "tram", "marine"] as const;
const riders = 300;

function areaOf(percent: number): string {
  let upTo = 0;
  for (const [area, share] of areas) {
    upTo += share;
    if (percent < upTo) return area;
  }
  return areas[0][0];
}

function* journeys(): Generator<{ subject: string; data: RowData }> {
  const dice = createDice(2_020);
  for (let rider = 0; rider < riders; rider += 1) {
    const area = areaOf(Math.floor((rider * 100) / riders));
    const trips = 1 + dice(6);
    for (let trip = 0; trip < trips; trip += 1) {
      const period = periods[Math.min(dice(5), 3)] ?? "morning";
      const mode = modes[[0, 0, 0, 1, 1, 1, 2, 3][dice(8)] ?? 0] ?? "metro";
      const day = `2020-03-${String(1 + dice(14)).padStart(2, "0")}`;
      yield {
        subject: `nol-${String(rider).padStart(4, "0")}`,
        data: { area, period, mode, day, minutes: 5 + dice(70) },
      };
    }
  }
}

const label = (en: string, ar: string) => ({ en, ar });

export const products: readonly SeedProduct[] = [
  {
    datasetId: "rta-nol-journeys",
    fields: [
      { name: "area", label: label("Area of departure", "منطقة الانطلاق"), kind: "DIMENSION" },
      { name: "period", label: label("Part of the day", "فترة اليوم"), kind: "DIMENSION" },
      { name: "mode", label: label("Means of transport", "وسيلة النقل"), kind: "DIMENSION" },
      { name: "day", label: label("Day", "اليوم"), kind: "DIMENSION" },
      { name: "minutes", label: label("Minutes under way", "مدة الرحلة بالدقائق"), kind: "MEASURE", cap: 120 },
    ],
    rows: [...journeys()],
  },
  {
    datasetId: "smart-dubai-resident-profiles",
    fields: [
      { name: "name", label: label("Full name", "الاسم الكامل"), kind: "TEXT" },
      { name: "phone", label: label("Mobile number", "رقم الهاتف المتحرك"), kind: "TEXT" },
      { name: "email", label: label("E-mail address", "البريد الإلكتروني"), kind: "TEXT" },
      { name: "homeAddress", label: label("Home address", "عنوان السكن"), kind: "TEXT" },
    ],
    rows: [
      {
        subject: "person-amal",
        data: {
          name: "Amal (sample)",
          phone: "+971 50 000 0001",
          email: "amal@example.org",
          homeAddress: "1 Sample Street, Deira",
        },
      },
      {
        subject: "person-omar",
        data: {
          name: "Omar (sample)",
          phone: "+971 50 000 0002",
          email: "omar@example.org",
          homeAddress: "2 Sample Street, Jumeirah",
        },
      },
      {
        subject: "person-lina",
        data: {
          name: "Lina (sample)",
          phone: "+971 50 000 0003",
          email: "lina@example.org",
          homeAddress: "3 Sample Street, Al Quoz",
        },
      },
    ],
  },
];
