/** A health facility as the graph shows it, and how a row becomes one. */
import { Arg, Ctx, Directive, Field, Float, ID, Int, ObjectType } from "type-graphql";
import { dayMs } from "../kit/city-date.ts";
import { connectionOf } from "../kit/pagination.ts";
import { DateTime, localized, LocalizedText } from "../kit/scalars.ts";
import { Agency } from "./agency.ts";
import { AccessibilityFeatureEnum, FacilityServiceEnum } from "./facility-details.ts";
import type { AccessibilityFeature, FacilityService } from "./facility-details.rules.ts";
import { FacilityKindEnum } from "./facility-arguments.ts";
import type { FacilityRow } from "./facility.store.ts";
import type { NearbyRow } from "./near.store.ts";
import { distanceMeters, type Place } from "./geo.rules.ts";
import type { HealthContext } from "./context.ts";
import type { DutyWindow } from "./duty.store.ts";
import { DutyShift, toDutyShift } from "./duty.ts";
import { compileHours } from "./hours-compilation.rules.ts";
import { openingCalendar } from "./opening-calendar.rules.ts";
import { OpeningDay, toOpeningDay } from "./opening-day.ts";
import {
  horizonDays,
  isOpenAt,
  nextChange,
  type OpeningSchedule,
  type OpenSpan,
} from "./opening-schedule.rules.ts";
import { openingWeek, weekOf } from "./opening-week.rules.ts";
import type { DutyShiftTable, FacilityKind } from "./tables.ts";

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "A place, in degrees (WGS 84)." })
export class Location {
  @Field(() => Float, { description: "Degrees north." })
  latitude!: number;

  @Field(() => Float, { description: "Degrees east." })
  longitude!: number;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "The licence under which a facility works." })
export class FacilityLicence {
  @Field(() => String, { description: "Number in the regulator's register, for example 0000035." })
  number!: string;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "Type as the regulator calls it." })
  type!: LocalizedText;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "When a facility is open, in Asia/Dubai." })
export class OpeningHours {
  @Field(() => String, {
    description:
      "In OpenStreetMap's opening_hours grammar: `Mo-Th,Sa 09:00-13:00,17:00-21:00; Fr 16:00-01:00; PH off`, or `24/7`. `PH` is a public holiday of the country.",
  })
  text!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "What holds instead on the days of Ramadan, in the same grammar; null when nothing differs.",
  })
  ramadanText!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "How it is outside of these hours, for example by appointment; null when it is closed then.",
  })
  otherwise!: string | null;

  @Field(() => Boolean, {
    description:
      "true: made up for demonstration, since the register has no hours. Tell people so, or do not show them.",
  })
  sample!: boolean;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "What a facility offers besides what its licence says." })
export class FacilityDetails {
  @Field(() => [FacilityServiceEnum], { description: "What is done for people there." })
  services!: FacilityService[];

  @Field(() => [String], { description: "Languages spoken there: ISO 639 codes, for example ar." })
  languages!: readonly string[];

  @Field(() => [String], { description: "Names of the insurance networks that it belongs to." })
  insuranceNetworks!: readonly string[];

  @Field(() => [AccessibilityFeatureEnum], { description: "What makes it usable for everybody." })
  accessibility!: AccessibilityFeature[];

  @Field(() => [String], { description: "Photos of it: URLs; none when there are none." })
  photos!: readonly string[];

  @Field(() => Boolean, { description: "Whether it treats emergencies." })
  emergency!: boolean;

  @Field(() => Boolean, {
    description:
      "true: made up for demonstration, since the register has none of it. Tell people so, or do not show it.",
  })
  sample!: boolean;
}

const facilityAttribution =
  "Dubai Health Authority, register of health facilities (Sheryan), Dubai open data, a 2025 copy; the portal's licence has not been reviewed.";

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 300)")
@ObjectType({ description: "A pharmacy, clinic, hospital or other place of health care." })
export class Facility {
  @Field(() => ID, { description: "Stable readable id: the regulator and the licence number." })
  id!: string;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, { description: "Name, as registered." })
  name!: LocalizedText;

  @Field(() => FacilityKindEnum, { description: "What it is, in one word." })
  kind!: FacilityKind;

  @Field(() => FacilityLicence, { description: "The licence under which it works." })
  licence!: FacilityLicence;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, {
    nullable: true,
    description: "Its main speciality; null when the register names none.",
  })
  speciality!: LocalizedText | null;

  @Field(() => String, { description: "Building and street, as registered; English only." })
  address!: string;

  @Field(() => String, { description: "District, for example Al Karama; English only." })
  area!: string;

  @Field(() => String, {
    nullable: true,
    description: "E.164, for example +97143786666; null when the register has no valid number.",
  })
  phone!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of its website; null when the register has no valid one.",
  })
  website!: string | null;

  @Field(() => Location, {
    nullable: true,
    description:
      "Where it is; null when the register has no real place. Only facilities with a place are found by distance.",
  })
  location!: Location | null;

  @Field(() => OpeningHours, { description: "When it is open." })
  openingHours!: OpeningHours;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => FacilityDetails, {
    description: "What it offers, in which languages, under which insurance, and how to get in.",
  })
  details!: FacilityDetails;

  @Field(() => Boolean, { description: "Whether it never closes, by `openingHours`." })
  open24Hours!: boolean;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => [LocalizedText], {
    description:
      "Its main speciality first, then its others, then those in which doctors work there, each once; none when nothing is known. `FacilityFilter.speciality` finds it by each.",
  })
  async specialities(@Ctx() { loaders }: HealthContext): Promise<LocalizedText[]> {
    const ofDoctors = await loaders.specialitiesOfFacility.load(this.id);
    const known = new Map<string, LocalizedText>();
    for (const one of this.speciality ? [this.speciality, ...this.furtherSpecialities] : [])
      known.set(one.en, one);
    for (const { speciality_en: en, speciality_ar } of ofDoctors)
      if (!known.has(en)) known.set(en, localized(en, speciality_ar));
    return [...known.values()];
  }

  @Field(() => String, { description: "The source to name wherever the facility is shown." })
  attribution!: string;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => Agency, {
    nullable: true,
    description: "The regulator that licensed it; null only while its data cannot be reached.",
  })
  agency!: Agency;

  /** Beside the main one. */
  furtherSpecialities!: readonly LocalizedText[];

  /** Read when it is asked for: lists seldom need it. */
  schedule!: () => OpeningSchedule;

  @Directive("@cacheControl(maxAge: 30)")
  @Field(() => Boolean, {
    description:
      "Whether it is open at this moment: by `openingHours`, public holidays and Ramadan, or on duty.",
  })
  async openNow(@Ctx() context: HealthContext): Promise<boolean> {
    return isOpenOrOnDuty(this, context, context.clock());
  }

  @Directive("@cacheControl(maxAge: 30)")
  @Field(() => DateTime, {
    nullable: true,
    description: `When it opens or closes next; null when it does neither within ${horizonDays} days.`,
  })
  async nextChange(@Ctx() context: HealthContext): Promise<Date | null> {
    const now = context.clock();
    const duty = await dutyFrom(context, this.id, now);
    const instant = nextChange(this.schedule(), openingCalendar, now, duty);
    return instant === null ? null : new Date(instant);
  }

  @Field(() => Boolean, {
    description: "Whether it is open at a time, as `openNow` is; holidays to come are forecasts.",
  })
  async openAt(
    @Arg("time", () => DateTime, { description: "The time, with its offset." }) time: Date,
    @Ctx() context: HealthContext,
  ): Promise<boolean> {
    return isOpenOrOnDuty(this, context, time.getTime());
  }

  @Directive("@cacheControl(maxAge: 30)")
  @Field(() => [OpeningDay], {
    description:
      "Seven days in Asia/Dubai as a table to show, by `openingHours`, public holidays, Ramadan and the roster of duty: what `openAt` says.",
  })
  async openingWeek(
    @Arg("from", () => DateTime, {
      nullable: true,
      description: "A time on the first of the seven days; now when it is left out.",
    })
    from: Date | null | undefined,
    @Ctx() context: HealthContext,
  ): Promise<OpeningDay[]> {
    const instant = from?.getTime() ?? context.clock();
    const shifts = await context.loaders.dutyShiftsOfFacility(weekOf(instant)).load(this.id);
    const week = openingWeek(this.schedule(), openingCalendar, instant, shifts.map(spanOf));
    return week.map(toOpeningDay);
  }

  @Directive("@cacheControl(maxAge: 30)")
  @Field(() => [DutyShift], {
    description: `Times on duty from now on, up to ${horizonDays} days ahead, the first first.`,
  })
  async dutyShifts(@Ctx() context: HealthContext): Promise<DutyShift[]> {
    const window = dutyWindow(context.clock());
    const shifts = await context.loaders.dutyShiftsOfFacility(window).load(this.id);
    return shifts.map(toDutyShift);
  }
}

const spanOf = ({ starts_at, ends_at }: DutyShiftTable): OpenSpan => ({
  opens: starts_at.getTime(),
  closes: ends_at.getTime(),
});

/** From the beginning of the minute, so that fields of one answer ask once. */
function dutyWindow(instant: number): DutyWindow {
  const from = Math.floor(instant / 60_000) * 60_000;
  return { from, to: from + horizonDays * dayMs };
}

/** Who is open by the hours is not looked up in the roster: mostly that saves a statement. */
async function isOpenOrOnDuty(
  { id, schedule }: Facility,
  context: HealthContext,
  instant: number,
): Promise<boolean> {
  if (isOpenAt(schedule(), openingCalendar, instant)) return true;
  const duty = await dutyFrom(context, id, instant);
  return duty.some(({ opens, closes }) => opens <= instant && instant < closes);
}

async function dutyFrom(
  { loaders }: HealthContext,
  id: string,
  instant: number,
): Promise<readonly OpenSpan[]> {
  const shifts = await loaders.dutyShiftsOfFacility(dutyWindow(instant)).load(id);
  return shifts.map(spanOf);
}

const placeOf = ({ latitude, longitude }: FacilityRow): Place | null =>
  latitude === null || longitude === null ? null : { latitude, longitude };

export const toFacility = (row: FacilityRow): Facility => {
  const place = placeOf(row);
  const { speciality_en, speciality_ar } = row;
  return Object.assign(new Facility(), {
    id: row.id,
    name: localized(row.name_en, row.name_ar),
    kind: row.kind,
    licence: Object.assign(new FacilityLicence(), {
      number: row.licence_number,
      type: localized(row.licence_type_en, row.licence_type_ar),
    }),
    furtherSpecialities: row.further_specialities_en.map((en, at) =>
      localized(en, row.further_specialities_ar[at] ?? en),
    ),
    speciality:
      speciality_en === null || speciality_ar === null
        ? null
        : localized(speciality_en, speciality_ar),
    address: row.address,
    area: row.area,
    phone: row.phone,
    website: row.website,
    location: place && Object.assign(new Location(), place),
    openingHours: Object.assign(new OpeningHours(), {
      text: row.hours_text,
      ramadanText: row.ramadan_hours_text,
      otherwise: compileHours(row).schedule.hours.otherwise,
      sample: row.hours_sample,
    }),
    attribution: facilityAttribution,
    open24Hours: row.always_open,
    details: Object.assign(new FacilityDetails(), {
      services: row.services as FacilityService[],
      languages: row.languages,
      insuranceNetworks: row.insurance_networks,
      accessibility: row.accessibility as AccessibilityFeature[],
      photos: row.photos,
      emergency: row.emergency,
      sample: row.details_sample,
    }),
    agency: Agency.of(row.agency_id),
    schedule: () => compileHours(row).schedule,
  });
};

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "A facility, and how far away it is." })
export class FacilityNear {
  @Field(() => Int, {
    description:
      "Metres as the crow flies from the place that was asked for, to the whole metre; right within 0.5 %.",
  })
  distanceMeters!: number;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => Facility, { description: "The facility." })
  facility!: Facility;
}

export const toFacilityNear =
  (from: Place) =>
  (row: NearbyRow): FacilityNear => {
    const place = placeOf(row);
    if (!place) throw new Error(`Facility ${row.id} has no place, and was found by distance.`);
    return Object.assign(new FacilityNear(), {
      distanceMeters: Math.round(distanceMeters(from, place)),
      facility: toFacility(row),
    });
  };

export const { Connection: FacilityConnection } = connectionOf("Facility", () => Facility);
export const { Connection: FacilityNearConnection } = connectionOf(
  "FacilityNear",
  () => FacilityNear,
);
