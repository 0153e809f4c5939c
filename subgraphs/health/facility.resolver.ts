/** Facilities at the graph's root: arguments → rules and store → connections. */
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, Directive, ID, Info, Query, Resolver } from "type-graphql";
import type { Connection } from "../kit/pagination.ts";
import { readPage, toConnection } from "../kit/pagination.ts";
import { openNowMaxAge, restrictMaxAge } from "./cache-hint.ts";
import type { HealthContext } from "./context.ts";
import { FacilitiesArguments, FacilitiesNearArguments } from "./facility-arguments.ts";
import { type FacilityCriteria, readFacilityFilter } from "./facility-filter.rules.ts";
import { countFacilities, type FacilityRow, listFacilities } from "./facility.store.ts";
import { countFacilitiesNear, facilitiesNear } from "./near.store.ts";
import {
  Facility,
  FacilityConnection,
  type FacilityNear,
  FacilityNearConnection,
  toFacility,
  toFacilityNear,
} from "./facility.ts";
import { openingCalendar } from "./opening-calendar.rules.ts";
import { requirePlace, requireRadius } from "./geo.rules.ts";

export const facilityCursor = ["string"] as const;
export const facilityKeys = (row: FacilityRow): readonly [string] => [row.id];

/** Checks a filter, and shortens the life of the answer when it depends on the time of day. */
export function criteriaOf(
  { filter }: Pick<FacilitiesArguments, "filter">,
  { clock }: HealthContext,
  info: GraphQLResolveInfo,
): FacilityCriteria {
  const criteria = readFacilityFilter(filter, clock(), openingCalendar);
  if (criteria.duty || filter?.openNow != null) restrictMaxAge(info, openNowMaxAge);
  return criteria;
}

/** Facilities around a place, for the root and for `me` alike. */
export async function connectFacilitiesNear(
  given: FacilitiesNearArguments,
  context: HealthContext,
  info: GraphQLResolveInfo,
): Promise<Connection<FacilityNear>> {
  const { db } = context;
  const place = requirePlace(given.location);
  const surroundings = { place, radiusMeters: requireRadius(given.radiusMeters) };
  const criteria = criteriaOf(given, context, info);
  const page = readPage(given, ["number", "string"]);
  return toConnection({
    rows: await facilitiesNear(db, surroundings, criteria, page),
    page,
    keysOf: (row) => [row.chord, row.id],
    toNode: toFacilityNear(place),
    count: () => countFacilitiesNear(db, surroundings, criteria),
  });
}

@Resolver()
export class FacilityResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => Facility, { nullable: true, description: "One facility; null when there is none." })
  async facility(
    @Arg("id", () => ID, { description: "Its id, for example dha-0000035." }) id: string,
    @Ctx() { loaders }: HealthContext,
  ): Promise<Facility | null> {
    const row = await loaders.facility.load(id);
    return row && toFacility(row);
  }

  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => FacilityConnection, {
    nullable: true,
    description: "Health facilities, in the order of their ids.",
  })
  async facilities(
    @Args(() => FacilitiesArguments) given: FacilitiesArguments,
    @Ctx() context: HealthContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Facility>> {
    const criteria = criteriaOf(given, context, info);
    const page = readPage(given, facilityCursor);
    return toConnection({
      rows: await listFacilities(context.db, criteria, page),
      page,
      keysOf: facilityKeys,
      toNode: toFacility,
      count: () => countFacilities(context.db, criteria),
    });
  }

  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => FacilityNearConnection, {
    nullable: true,
    description: "Health facilities around a place, nearest first.",
  })
  facilitiesNear(
    @Args(() => FacilitiesNearArguments) given: FacilitiesNearArguments,
    @Ctx() context: HealthContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<FacilityNear>> {
    return connectFacilitiesNear(given, context, info);
  }
}
