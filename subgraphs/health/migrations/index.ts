/** Every migration, by the name that fixes its place in the order. */
import type { Migration } from "kysely/migration";
import { facilities } from "./0001-facilities.ts";
import { bulletins } from "./0002-bulletins.ts";
import { facilityBox } from "./0020-facility-box.ts";

export const migrations: Readonly<Record<string, Migration>> = {
  "0001-facilities": facilities,
  "0002-bulletins": bulletins,
  "0020-facility-box": facilityBox,
};
