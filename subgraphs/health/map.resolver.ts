/** Facilities of a map at the graph's root: arguments → rules and store → facilities and clusters. */
import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, Directive, Info, Query, Resolver } from "type-graphql";
import { type Connection, readPage, toConnection } from "../kit/pagination.ts";
import type { HealthContext } from "./context.ts";
import { criteriaOf, facilityCursor, facilityKeys } from "./facility.resolver.ts";
import { type Facility, FacilityConnection, toFacility } from "./facility.ts";
import { requireBox, requireGrid } from "./map.rules.ts";
import { clustersInBox, countFacilitiesInBox, facilitiesInBox } from "./map.store.ts";
import {
  FacilitiesInBoxArguments,
  FacilityCluster,
  FacilityClustersArguments,
  toCluster,
} from "./map.ts";

@Resolver()
export class MapResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => FacilityConnection, {
    nullable: true,
    description: "Health facilities inside a map's box, in the order of their ids.",
  })
  async facilitiesInBox(
    @Args(() => FacilitiesInBoxArguments) given: FacilitiesInBoxArguments,
    @Ctx() context: HealthContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Facility>> {
    const box = requireBox(given.box);
    const criteria = criteriaOf(given, context, info);
    const page = readPage(given, facilityCursor);
    return toConnection({
      rows: await facilitiesInBox(context.db, box, criteria, page),
      page,
      keysOf: facilityKeys,
      toNode: toFacility,
      count: () => countFacilitiesInBox(context.db, box, criteria),
    });
  }

  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => [FacilityCluster], {
    nullable: true,
    description:
      "Health facilities inside a map's box, counted by cells: for a map too far out to show each.",
  })
  async facilityClusters(
    @Args(() => FacilityClustersArguments) given: FacilityClustersArguments,
    @Ctx() context: HealthContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<FacilityCluster[]> {
    const box = requireBox(given.box);
    const cell = requireGrid(box, given.zoom);
    const rows = await clustersInBox(context.db, box, cell, criteriaOf(given, context, info));
    return rows.map(toCluster(given.zoom));
  }
}
