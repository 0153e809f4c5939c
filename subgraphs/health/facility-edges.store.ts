/**
 * Facilities of many agencies or services at once: one SQL statement for a page of each, one for all
 * counts. `owner_id` says whose row it is.
 */
import type { Kysely } from "kysely";
import type { Page } from "../kit/pagination.ts";
import type { FacilityCriteria } from "./facility-filter.rules.ts";
import { type FacilityRow, matching } from "./facility.store.ts";
import type { HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

export type OwnedFacilityRow = FacilityRow & { readonly owner_id: string };
export type OwnedCount = { readonly owner_id: string; readonly total: bigint };

/** Facilities that each agency licenses, in the order of ids. */
export const facilitiesOfAgencies = (
  db: Db,
  agencyIds: readonly string[],
  criteria: FacilityCriteria,
  page: Page,
): Promise<OwnedFacilityRow[]> =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom("facility")
        .selectAll("facility")
        .select("agency_id as owner_id")
        .select(({ fn }) =>
          fn
            .agg<bigint>("row_number")
            .over((over) => over.partitionBy("agency_id").orderBy("id"))
            .as("place_in_list"),
        )
        .where("agency_id", "in", [...agencyIds])
        .where(matching(criteria))
        .$if(page.after !== undefined, (query) => query.where("id", ">", String(page.after?.[0])))
        .as("listed"),
    )
    .selectAll("listed")
    .where("place_in_list", "<=", BigInt(page.limit + 1))
    .orderBy("owner_id")
    .orderBy("place_in_list")
    .execute();

export const countFacilitiesOfAgencies = (
  db: Db,
  agencyIds: readonly string[],
  criteria: FacilityCriteria,
): Promise<OwnedCount[]> =>
  db
    .selectFrom("facility")
    .select(["agency_id as owner_id", db.fn.countAll<bigint>().as("total")])
    .where("agency_id", "in", [...agencyIds])
    .where(matching(criteria))
    .groupBy("agency_id")
    .execute();

/** Services joined with the facilities that offer them. */
const offered = (db: Db, serviceIds: readonly string[]) =>
  db
    .selectFrom("service_facility_kind as offered")
    .innerJoin("facility", (join) =>
      join
        .onRef("facility.kind", "=", "offered.kind")
        .on((eb) =>
          eb.or([
            eb("offered.licence_type_en", "is", null),
            eb("offered.licence_type_en", "=", eb.ref("facility.licence_type_en")),
          ]),
        ),
    )
    .where("offered.service_id", "in", [...serviceIds]);

/** Facilities that offer each service, in the order of ids. */
export const facilitiesOfServices = (
  db: Db,
  serviceIds: readonly string[],
  page: Page,
): Promise<OwnedFacilityRow[]> =>
  db
    .selectFrom(
      offered(db, serviceIds)
        .selectAll("facility")
        .select("offered.service_id as owner_id")
        .select(({ fn }) =>
          fn
            .agg<bigint>("row_number")
            .over((over) => over.partitionBy("offered.service_id").orderBy("facility.id"))
            .as("place_in_list"),
        )
        .$if(page.after !== undefined, (query) =>
          query.where("facility.id", ">", String(page.after?.[0])),
        )
        .as("listed"),
    )
    .selectAll("listed")
    .where("place_in_list", "<=", BigInt(page.limit + 1))
    .orderBy("owner_id")
    .orderBy("place_in_list")
    .execute();

export const countFacilitiesOfServices = (
  db: Db,
  serviceIds: readonly string[],
): Promise<OwnedCount[]> =>
  offered(db, serviceIds)
    .select(["offered.service_id as owner_id", db.fn.countAll<bigint>().as("total")])
    .groupBy("offered.service_id")
    .execute();
