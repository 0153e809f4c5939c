/** Datasets of what other subgraphs own: agencies, and services through their agencies. */
import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from "type-graphql";
import { type Connection, PageArguments, readPage, toConnection } from "../kit/pagination.ts";
import type { DataSharingContext } from "./context.ts";
import { type Dataset, DatasetConnection, toDataset } from "./dataset.ts";
import { Agency, Service } from "./stubs.ts";

async function datasetsOf(
  publisherId: string,
  given: PageArguments,
  { loaders }: DataSharingContext,
): Promise<Connection<Dataset>> {
  const page = readPage(given, ["string"]);
  return toConnection({
    rows: await loaders.datasetsOfPublisher(page).load(publisherId),
    page,
    keysOf: ({ id }) => [id],
    toNode: toDataset,
    count: async () =>
      Number((await loaders.datasetCountOfPublisher.load(publisherId))?.total ?? 0n),
  });
}

@Resolver(() => Agency)
export class AgencyResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => DatasetConnection, {
    nullable: true,
    description: "The datasets that the agency publishes or shares, by id.",
  })
  datasets(
    @Root() { id }: Agency,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() context: DataSharingContext,
  ): Promise<Connection<Dataset>> {
    return datasetsOf(id, given, context);
  }
}

@Resolver(() => Service)
export class ServiceResolver {
  @Directive('@requires(fields: "agency { id }")')
  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => DatasetConnection, {
    nullable: true,
    description: "The datasets that the service's agency publishes or shares, by id.",
  })
  datasets(
    @Root() { agency }: Service,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() context: DataSharingContext,
  ): Promise<Connection<Dataset>> {
    return datasetsOf(agency.id, given, context);
  }
}
