/** The catalogue of datasets, and its edges to agencies and services. */
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { type Connection, PageArguments, readPage, toConnection } from "../kit/pagination.ts";
import type { DataSharingContext } from "./context.ts";
import {
  Dataset,
  DatasetConnection,
  DatasetFilter,
  Distribution,
  Licence,
  toDataset,
} from "./dataset.ts";
import { countDatasets, findDatasets } from "./dataset.store.ts";
import { Agency, Service } from "./stubs.ts";

const readDatasetPage = (given: PageArguments) => readPage(given, ["string"]);

async function datasetsOf(
  publisherId: string,
  given: PageArguments,
  { loaders }: DataSharingContext,
): Promise<Connection<Dataset>> {
  const page = readDatasetPage(given);
  return toConnection({
    rows: await loaders.datasetsOfPublisher(page).load(publisherId),
    page,
    keysOf: (row) => [row.id],
    toNode: toDataset,
    count: async () =>
      Number((await loaders.datasetCountOfPublisher.load(publisherId))?.total ?? 0),
  });
}

@Resolver(() => Dataset)
export class DatasetResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => DatasetConnection, { nullable: true, description: "Datasets of the city, by id." })
  async datasets(
    @Args(() => PageArguments) given: PageArguments,
    @Arg("filter", () => DatasetFilter, { nullable: true, description: "Only those that fit." })
    filter: DatasetFilter | null,
    @Ctx() { db }: DataSharingContext,
  ): Promise<Connection<Dataset>> {
    const page = readDatasetPage(given);
    return toConnection({
      rows: await findDatasets(db, filter ?? {}, page),
      page,
      keysOf: (row) => [row.id],
      toNode: toDataset,
      count: () => countDatasets(db, filter ?? {}),
    });
  }

  @Query(() => Dataset, { nullable: true, description: "One dataset; null when there is none." })
  async dataset(
    @Arg("id", () => ID, { description: "Its id." }) id: string,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<Dataset | null> {
    const row = await loaders.dataset.load(id);
    return row && toDataset(row);
  }

  @FieldResolver(() => Licence, {
    nullable: true,
    description:
      "The terms of its use; null for data that is not open, which an agreement governs.",
  })
  async licence(
    @Root() { licenceId }: Dataset,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<Licence | null> {
    const row = licenceId === null ? null : await loaders.licence.load(licenceId);
    return row && Object.assign(new Licence(), row);
  }

  @FieldResolver(() => [Distribution], { description: "The forms in which it can be had." })
  async distributions(
    @Root() { id }: Dataset,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<Distribution[]> {
    const rows = await loaders.distributions.load(id);
    return rows.map((row) =>
      Object.assign(new Distribution(), {
        id: row.id,
        mediaType: row.media_type,
        accessUrl: row.access_url,
      }),
    );
  }
}

@Resolver(() => Agency)
export class AgencyResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @FieldResolver(() => DatasetConnection, {
    nullable: true,
    description: "The datasets that the agency publishes or shares.",
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
    description: "The datasets that the service's agency publishes or shares.",
  })
  datasets(
    @Root() { agency }: Service,
    @Args(() => PageArguments) given: PageArguments,
    @Ctx() context: DataSharingContext,
  ): Promise<Connection<Dataset>> {
    return datasetsOf(agency.id, given, context);
  }
}
