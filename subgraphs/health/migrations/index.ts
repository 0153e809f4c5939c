/** Every migration, by the name that fixes its place in the order. */
import type { Migration } from "kysely/migration";
import { facilities } from "./0001-facilities.ts";
import { bulletins } from "./0002-bulletins.ts";
import { facilityBox } from "./0020-facility-box.ts";
import { openingCalendar } from "./0021-opening-calendar.ts";
import { facilityDetails } from "./0022-facility-details.ts";
import { bulletinChanges } from "./0030-bulletin-changes.ts";
import { practitioners } from "./0031-practitioners.ts";
import { figures } from "./0032-figures.ts";
import { specialities } from "./0033-specialities.ts";

export const migrations: Readonly<Record<string, Migration>> = {
  "0001-facilities": facilities,
  "0002-bulletins": bulletins,
  "0020-facility-box": facilityBox,
  "0021-opening-calendar": openingCalendar,
  "0022-facility-details": facilityDetails,
  "0030-bulletin-changes": bulletinChanges,
  "0031-practitioners": practitioners,
  "0032-figures": figures,
  "0033-specialities": specialities,
};
