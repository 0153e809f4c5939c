/** Agencies: their list, one of them, and the services of each. */
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Int } from "type-graphql";
import { Query, Resolver, Root } from "type-graphql";
import { type Connection, PageArguments, readPage, toConnection } from "../kit/pagination.ts";
import { Agency, AgencyConnection, toAgency } from "./agency.ts";
import { countAgencies, listAgencies } from "./agency.store.ts";
import { AgenciesArguments, toAgencyMatch } from "./agency-filter.ts";
import type { ServicesContext } from "./context.ts";
import type { Loaders } from "./loaders.ts";
import { type Service, ServiceConnection, toService } from "./service.ts";

const countOf = async (loaders: Loaders, agencyId: string): Promise<number> =>
  Number((await loaders.serviceCountOfAgency.load(agencyId))?.total ?? 0);

@Resolver(() => Agency)
export class AgencyResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => AgencyConnection, {
    nullable: true,
    description: "The agencies of the city, by id.",
  })
  async agencies(
    @Args(() => AgenciesArguments) given: AgenciesArguments,
    @Ctx() { db, loaders }: ServicesContext,
  ): Promise<Connection<Agency>> {
    const page = readPage(given, ["string"]);
    const match = toAgencyMatch(given.filter);
    const rows = await listAgencies(db, match, page);
    for (const row of rows) loaders.agency.prime(row.id, row);
    return toConnection({
      rows,
      page,
      keysOf: ({ id }) => [id],
      toNode: ({ id }) => toAgency(id, loaders),
      count: () => countAgencies(db, match),
    });
  }

  @Query(() => Agency, { nullable: true, description: "One agency; null when there is none." })
  async agency(
    @Arg("id", () => ID, { description: "Its id, for example dewa." }) id: string,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Agency | null> {
    return (await loaders.agency.load(id)) && toAgency(id, loaders);
  }

  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => ServiceConnection, { description: "The services that it offers, by id." })
  async services(
    @Root() { id }: Agency,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Connection<Service>> {
    const page = readPage(given, ["string"]);
    return toConnection({
      rows: await loaders.servicesOfAgency(page).load(id),
      page,
      keysOf: (row) => [row.id],
      toNode: toService,
      count: () => countOf(loaders, id),
    });
  }

  @FieldResolver(() => Int, { description: "How many services it offers." })
  serviceCount(@Root() { id }: Agency, @Ctx() { loaders }: ServicesContext): Promise<number> {
    return countOf(loaders, id);
  }
}
