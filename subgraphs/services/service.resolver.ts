/** Services: the catalogue's lists, one service, and what is loaded apart from its row. */
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Int } from "type-graphql";
import { Query, Resolver, Root } from "type-graphql";
import { type Connection, pageSizeLimit, readPage, toConnection } from "../kit/pagination.ts";
import { Money } from "../kit/scalars.ts";
import { Agency, toAgency } from "./agency.ts";
import { Category, toCategory } from "./category.ts";
import type { ServicesContext } from "./context.ts";
import { totalOf } from "./fee.rules.ts";
import { LifeEvent, toLifeEvent } from "./life-event.ts";
import { loadExisting } from "./loaders.ts";
import { Fee, RequiredDocument, ServiceChannel } from "./service-details.ts";
import { toChannel, toFee, toRequiredDocument } from "./service-details.ts";
import { ServicesArguments, toServiceMatch } from "./service-filter.ts";
import { listMostUsedServices } from "./service-use.store.ts";
import { Service, ServiceConnection, toService } from "./service.ts";
import { countServices, listServices } from "./service.store.ts";

@Resolver(() => Service)
export class ServiceResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => ServiceConnection, {
    nullable: true,
    description: "The catalogue of services, by id.",
  })
  async services(
    @Args(() => ServicesArguments) given: ServicesArguments,
    @Ctx() { db }: ServicesContext,
  ): Promise<Connection<Service>> {
    const page = readPage(given, ["string"]);
    const match = toServiceMatch(given.filter);
    return toConnection({
      rows: await listServices(db, match, page),
      page,
      keysOf: ({ id }) => [id],
      toNode: toService,
      count: () => countServices(db, match),
    });
  }

  @Query(() => Service, { nullable: true, description: "One service; null when there is none." })
  async service(
    @Arg("id", () => ID, { description: "Its id, for example dewa-electricity-bill." }) id: string,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Service | null> {
    const row = await loaders.service.load(id);
    return row && toService(row);
  }

  @Directive("@cacheControl(maxAge: 60)")
  @Query(() => [Service], {
    nullable: true,
    description:
      "The services that people use most, the most used first. What was used lately counts more: a use weighs half after seven days.",
  })
  async mostUsedServices(
    @Arg("first", () => Int, {
      defaultValue: 10,
      description: `How many, from 0 to ${pageSizeLimit}.`,
    })
    first: number,
    @Ctx() { db }: ServicesContext,
  ): Promise<Service[]> {
    const { limit } = readPage({ first }, []);
    return (await listMostUsedServices(db, limit)).map(toService);
  }

  @FieldResolver(() => Agency, { description: "Who offers it." })
  agency(@Root() { agencyId }: Service, @Ctx() { loaders }: ServicesContext): Agency {
    return toAgency(agencyId, loaders);
  }

  @FieldResolver(() => Category, { description: "The sector of life that it belongs to." })
  async category(
    @Root() { categoryId }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Category> {
    return toCategory(await loadExisting(loaders.category, categoryId));
  }

  @FieldResolver(() => [LifeEvent], {
    description: "The life events that bring a need of it. Sample data.",
  })
  async lifeEvents(
    @Root() { id }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<LifeEvent[]> {
    return (await loaders.lifeEventsOfService.load(id)).map(toLifeEvent);
  }

  @FieldResolver(() => [ServiceChannel], { description: "The ways to use it." })
  async channels(
    @Root() { id }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<ServiceChannel[]> {
    return (await loaders.channels.load(id)).map(toChannel);
  }

  @FieldResolver(() => [Fee], {
    description:
      "What it costs, line by line; empty when it is free. Bills, fines, top-ups and gifts that are paid through it are not in here.",
  })
  async fees(@Root() { id }: Service, @Ctx() { loaders }: ServicesContext): Promise<Fee[]> {
    return (await loaders.fees.load(id)).map(toFee);
  }

  @Directive("@cacheControl(inheritMaxAge: true)")
  @FieldResolver(() => Money, { description: "The sum of its fees; zero when it is free." })
  async totalFee(@Root() { id }: Service, @Ctx() { loaders }: ServicesContext): Promise<Money> {
    return Money.of(totalOf(await loaders.fees.load(id)), "AED");
  }

  @FieldResolver(() => [RequiredDocument], { description: "What must be at hand to use it." })
  async requiredDocuments(
    @Root() { id }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<RequiredDocument[]> {
    return (await loaders.requiredDocuments.load(id)).map(toRequiredDocument);
  }
}
