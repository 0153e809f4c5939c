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
import { Fee, RequiredDocument, ServiceChannel, ServiceVersion } from "./service-details.ts";
import { toChannel, toFee, toRequiredDocument, toVersions } from "./service-details.ts";
import { ServicesArguments, toServiceMatch } from "./service-filter.ts";
import { listMostUsedServices } from "./service-use.store.ts";
import { findVersionAt } from "./service-version.store.ts";
import { Service, ServiceConnection, toFormerService, toService } from "./service.ts";
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

  @Query(() => Service, {
    nullable: true,
    description:
      "One service; null when there is none. With `at`, as it was then: its own texts, fees, documents and the like; what it leads to (its agency, or its payables) is as it is now.",
  })
  async service(
    @Arg("id", () => ID, { description: "Its id, for example dewa-electricity-bill." }) id: string,
    @Arg("at", () => Date, {
      nullable: true,
      description:
        "A moment: which version held then. Null when that was before the first version, which holds since the entry was looked over.",
    })
    at: Date | null | undefined,
    @Ctx() { db, loaders, countView }: ServicesContext,
  ): Promise<Service | null> {
    if (at) {
      const kept = await findVersionAt(db, id, at);
      return kept ? toFormerService(kept.entry, kept.version) : null;
    }
    const row = await loaders.service.load(id);
    if (row) countView(id);
    return row && toService(row);
  }

  @Directive("@cacheControl(maxAge: 60)")
  @Query(() => [Service], {
    nullable: true,
    description:
      "The services that people use most, the most used first, by looks, requests and payments. What was used lately counts more: a use weighs half after seven days.",
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

  @FieldResolver(() => Category, { description: "The sector of life that it belongs to most." })
  async category(
    @Root() { categoryId }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Category> {
    return toCategory(await loadExisting(loaders.category, categoryId));
  }

  @FieldResolver(() => [Category], {
    description:
      "All sectors of life that it belongs to, `category` first. Filters, counts and facets know it by each.",
  })
  categories(
    @Root() { categoryId, furtherCategoryIds }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Category[]> {
    return Promise.all(
      [categoryId, ...furtherCategoryIds].map(async (id) =>
        toCategory(await loadExisting(loaders.category, id)),
      ),
    );
  }

  @FieldResolver(() => [LifeEvent], {
    description: "The life events that bring a need of it. Sample data.",
  })
  async lifeEvents(
    @Root() { id, former }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<LifeEvent[]> {
    if (!former) return (await loaders.lifeEventsOfService.load(id)).map(toLifeEvent);
    const rows = await loaders.lifeEvent.loadMany(former.lifeEventIds);
    return rows.flatMap((row) => (row && !(row instanceof Error) ? [toLifeEvent(row)] : []));
  }

  @FieldResolver(() => [ServiceChannel], { description: "The ways to use it." })
  async channels(
    @Root() { id, former }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<ServiceChannel[]> {
    return (former?.channels ?? (await loaders.channels.load(id))).map(toChannel);
  }

  @FieldResolver(() => [Fee], {
    description:
      "What it costs, line by line; empty when it is free. Bills, fines, top-ups and gifts that are paid through it are not in here.",
  })
  async fees(@Root() { id, former }: Service, @Ctx() { loaders }: ServicesContext): Promise<Fee[]> {
    return (former?.fees ?? (await loaders.fees.load(id))).map(toFee);
  }

  @Directive("@cacheControl(inheritMaxAge: true)")
  @FieldResolver(() => Money, {
    description:
      "The sum of its fees; zero when it is free, and the least that it can be when some of them are not fixed.",
  })
  async totalFee(
    @Root() { id, former }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Money> {
    return Money.of(totalOf(former?.fees ?? (await loaders.fees.load(id))), "AED");
  }

  @FieldResolver(() => [RequiredDocument], { description: "What must be at hand to use it." })
  async requiredDocuments(
    @Root() { id, former }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<RequiredDocument[]> {
    const rows = former?.requiredDocuments ?? (await loaders.requiredDocuments.load(id));
    return rows.map(toRequiredDocument);
  }

  @FieldResolver(() => [Service], {
    description:
      "Others that one may need with it, by the agency's choice. Sample data in the seed.",
  })
  async relatedServices(
    @Root() { relatedIds }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<Service[]> {
    const rows = await loaders.service.loadMany(relatedIds);
    return rows.flatMap((row) => {
      if (row instanceof Error) throw row;
      return row && row.status !== "RETIRED" ? [toService(row)] : [];
    });
  }

  @FieldResolver(() => [ServiceVersion], {
    description: "All versions of it, the newest first: ask `service(id, at: from)` for one.",
  })
  async versions(
    @Root() { id }: Service,
    @Ctx() { loaders }: ServicesContext,
  ): Promise<ServiceVersion[]> {
    return toVersions(await loaders.versionsOfService.load(id));
  }
}
