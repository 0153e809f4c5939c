/** Fills an empty database from the files of this folder; README.md tells where they are from. */
import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { type Kysely, sql } from "kysely";
import { fromRoot } from "../../../platform/root.ts";
import { isPlaceholder, kindOfLicence, toPhone, toWebsite } from "../facility.rules.ts";
import { compileHours } from "../hours-compilation.rules.ts";
import { sampleDetailsOf } from "../sample-details.rules.ts";
import { sampleDutyShifts } from "../sample-duty.rules.ts";
import { sampleHoursOf, sampleRamadanHoursOf } from "../sample-hours.rules.ts";
import { samplePractitioners, type SampleName } from "../sample-practitioners.rules.ts";
import { facilityKindsOfServices } from "../service-facilities.rules.ts";
import type { FacilityTable, HealthTables } from "../tables.ts";
import { recordFigures } from "../publish-figures.ts";
import { sampleBulletins } from "./bulletins.ts";

/** About 8,000 parameters a statement. */
const rowsPerInsert = 250;

async function readCsv<Column extends string>(
  file: string,
): Promise<readonly Readonly<Record<Column, string>>[]> {
  const text = await readFile(fromRoot("subgraphs/health/seed", file), "utf8");
  return parse(text, { columns: true, trim: true, bom: true });
}

export type RegisterRow = Readonly<
  Record<
    | "licence_id" | "name_en" | "name_ar" | "licence_type_en" | "licence_type_ar"
    | "speciality_en" | "speciality_ar" | "address_1" | "address_2" | "area_en"
    | "phone" | "website" | "latitude" | "longitude" | "status",
    string
  >
>;

export const readRegister = (): Promise<readonly RegisterRow[]> => readCsv("facilities.csv");

function toFacility(row: RegisterRow): FacilityTable {
  const kind = kindOfLicence(row.licence_type_en);
  const hours_text = sampleHoursOf(row.licence_id, kind);
  const texts = { hours_text, ramadan_hours_text: sampleRamadanHoursOf(hours_text) };
  const [latitude, longitude] = [Number(row.latitude), Number(row.longitude)];
  const placed = !isPlaceholder(latitude, longitude);
  const hasSpeciality = row.speciality_en !== "" && row.speciality_ar !== "";
  const licence = {
    licence_number: row.licence_id,
    licence_type_en: row.licence_type_en,
    kind,
    hours_text,
  };
  return {
    id: `dha-${row.licence_id}`,
    agency_id: "dha",
    licence_number: row.licence_id,
    licence_type_en: row.licence_type_en,
    licence_type_ar: row.licence_type_ar,
    kind,
    name_en: row.name_en,
    name_ar: row.name_ar,
    speciality_en: hasSpeciality ? row.speciality_en : null,
    speciality_ar: hasSpeciality ? row.speciality_ar : null,
    // The register names one.
    further_specialities_en: [],
    further_specialities_ar: [],
    address: [row.address_1, row.address_2].filter((line) => line !== "").join(", "),
    area: row.area_en,
    phone: toPhone(row.phone),
    website: toWebsite(row.website),
    latitude: placed ? latitude : null,
    longitude: placed ? longitude : null,
    ...texts,
    hours_sample: true,
    ...compileHours(texts).stored,
    ...sampleDetailsOf(licence),
  };
}

export const readSampleNames = (): Promise<readonly SampleName[]> => readCsv("sample-names.csv");

async function seedPractitioners(
  db: Kysely<HealthTables>,
  facilities: readonly FacilityTable[],
): Promise<void> {
  const { practitioners, roles } = samplePractitioners(facilities, await readSampleNames());
  for (let start = 0; start < practitioners.length; start += rowsPerInsert) {
    const chunk = practitioners.slice(start, start + rowsPerInsert);
    await db.insertInto("practitioner").values(chunk).execute();
  }
  for (let start = 0; start < roles.length; start += rowsPerInsert) {
    const chunk = roles.slice(start, start + rowsPerInsert);
    await db.insertInto("practitioner_role").values(chunk).execute();
  }
  await sql`analyze practitioner, practitioner_role`.execute(db);
}

type CountedDay = Readonly<Record<"date" | "confirmed_total", string>>;

/** Totals by day become figures of single days; no other metric has a source that was reviewed. */
async function seedFigures(db: Kysely<HealthTables>, days: readonly CountedDay[]): Promise<void> {
  const figures = days.map(({ date, confirmed_total }, index) => ({
    metric: "CASES" as const,
    day: date,
    value: Number(confirmed_total) - Number(days[index - 1]?.confirmed_total ?? 0),
  }));
  const source =
    "COVID-19 Data Repository by the Center for Systems Science and Engineering (CSSE) at Johns Hopkins University, CC BY 4.0.";
  await recordFigures(
    db,
    { figures, source },
    {
      publisher: { agencyId: "mohap", actorId: "seed" },
      now: new Date("2020-05-03T00:00:00+04:00"),
      idempotencyKey: "seed",
    },
  );
}

export async function seed(db: Kysely<HealthTables>): Promise<void> {
  const facilities = (await readRegister()).map(toFacility);
  for (let start = 0; start < facilities.length; start += rowsPerInsert) {
    const chunk = facilities.slice(start, start + rowsPerInsert);
    await db.insertInto("facility").values(chunk).execute();
  }
  const seasons = facilities.flatMap((facility) =>
    compileHours(facility).seasons.map((season) => ({ ...season, facility_id: facility.id })),
  );
  for (let start = 0; start < seasons.length; start += 1_000) {
    await db.insertInto("facility_season").values(seasons.slice(start, start + 1_000)).execute();
  }
  await db.insertInto("duty_shift").values(sampleDutyShifts(facilities)).execute();
  const licenceTypes = new Set(facilities.map((facility) => facility.licence_type_en));
  await db.insertInto("service_facility_kind").values(facilityKindsOfServices(licenceTypes)).execute();
  await seedPractitioners(db, facilities);
  await db.insertInto("bulletin").values(sampleBulletins).execute();
  const days = await readCsv<"date" | "confirmed_total">("covid-uae-confirmed-2020.csv");
  await db
    .insertInto("covid_figure")
    .values(days.map((day) => ({ day: day.date, confirmed_total: Number(day.confirmed_total) })))
    .execute();
  await seedFigures(db, days);
  // Nobody has counted the rows yet, and the planner would otherwise read the whole table.
  await sql`analyze facility, facility_season, duty_shift`.execute(db);
}
