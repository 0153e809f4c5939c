/** Facilities of what other subgraphs own: agencies, services, and the person who is signed in. */
import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, Directive, FieldResolver, Info, Query, Resolver, Root } from "type-graphql";
import { noPerson } from "../kit/nobody.ts";
import { type Connection, PageArguments, readPage, toConnection } from "../kit/pagination.ts";
import { Agency } from "./agency.ts";
import type { HealthContext } from "./context.ts";
import { FacilitiesArguments, FacilitiesNearArguments } from "./facility-arguments.ts";
import {
  connectFacilitiesNear,
  criteriaOf,
  facilityCursor,
  facilityKeys,
} from "./facility.resolver.ts";
import {
  type Facility,
  FacilityConnection,
  type FacilityNear,
  FacilityNearConnection,
  toFacility,
} from "./facility.ts";
import { requireSelf } from "./person.rules.ts";
import { Person } from "./person.ts";
import { Service } from "./service.ts";

@Resolver(() => Agency)
export class AgencyFacilitiesResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => FacilityConnection, {
    nullable: true,
    description: "Health facilities that the agency licenses, in the order of their ids.",
  })
  async facilities(
    @Root() { id }: Agency,
    @Args(() => FacilitiesArguments) given: FacilitiesArguments,
    @Ctx() context: HealthContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Facility>> {
    const { loaders } = context;
    const criteria = criteriaOf(given, context, info);
    const page = readPage(given, facilityCursor);
    return toConnection({
      rows: await loaders.facilitiesOfAgency({ criteria, page }).load(id),
      page,
      keysOf: facilityKeys,
      toNode: toFacility,
      count: () => loaders.countOfAgency({ criteria }).load(id),
    });
  }
}

@Resolver(() => Service)
export class ServiceFacilitiesResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => FacilityConnection, {
    nullable: true,
    description:
      "Health facilities that offer the service, in the order of their ids; empty for a service that is not offered in facilities.",
  })
  async facilities(
    @Root() { id }: Service,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { loaders }: HealthContext,
  ): Promise<Connection<Facility>> {
    const page = readPage(given, facilityCursor);
    return toConnection({
      rows: await loaders.facilitiesOfService({ page }).load(id),
      page,
      keysOf: facilityKeys,
      toNode: toFacility,
      count: () => loaders.countOfService.load(id),
    });
  }
}

@Resolver(() => Person)
export class PersonFacilitiesResolver {
  @Directive("@shareable")
  @Query(() => Person, {
    nullable: true,
    description: "Who is signed in; null when nobody is, or when it is no person.",
  })
  me(@Ctx() { principal }: HealthContext, @Info() info: GraphQLResolveInfo): Person | null {
    return principal?.kind === "person" ? Person.of(principal.id) : noPerson(info);
  }

  @Directive("@authenticated")
  @Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
  @FieldResolver(() => FacilityNearConnection, {
    nullable: true,
    description: "Health facilities around a place, nearest first; the place is not kept.",
  })
  facilitiesNear(
    @Root() { id }: Person,
    @Args(() => FacilitiesNearArguments) given: FacilitiesNearArguments,
    @Ctx() context: HealthContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<FacilityNear>> {
    requireSelf(context.principal, id);
    return connectFacilitiesNear(given, context, info);
  }
}
