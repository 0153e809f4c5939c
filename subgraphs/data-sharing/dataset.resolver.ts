/** The catalogue of datasets at the graph's root, and what is loaded apart from a dataset's row. */
import { Arg, Args, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { type Connection, readPage, toConnection } from "../kit/pagination.ts";
import type { DataSharingContext } from "./context.ts";
import { listThemes } from "./dataset-details.store.ts";
import {
  ContactPoint,
  DataTheme,
  Distribution,
  Licence,
  toContactPoint,
  toDistribution,
  toLicence,
  toTheme,
} from "./dataset-details.ts";
import { DatasetsArguments, toDatasetMatch } from "./dataset-filter.ts";
import { countDatasets, listDatasets } from "./dataset.store.ts";
import { Dataset, DatasetConnection, toDataset } from "./dataset.ts";

const inherited = () => Directive("@cacheControl(inheritMaxAge: true)");

@Resolver(() => Dataset)
export class DatasetResolver {
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => DatasetConnection, {
    nullable: true,
    description: "The catalogue of the city's datasets, by id.",
  })
  async datasets(
    @Args(() => DatasetsArguments) given: DatasetsArguments,
    @Ctx() { db, loaders }: DataSharingContext,
  ): Promise<Connection<Dataset>> {
    const page = readPage(given, ["string"]);
    const match = toDatasetMatch(given.filter);
    const rows = await listDatasets(db, match, page);
    for (const row of rows) loaders.dataset.prime(row.id, row);
    return toConnection({
      rows,
      page,
      keysOf: ({ id }) => [id],
      toNode: toDataset,
      count: () => countDatasets(db, match),
    });
  }

  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => Dataset, { nullable: true, description: "One dataset; null when there is none." })
  async dataset(
    @Arg("id", () => ID, { description: "Its id, for example rta-traffic-counts." }) id: string,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<Dataset | null> {
    const row = await loaders.dataset.load(id);
    return row && toDataset(row);
  }

  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => [DataTheme], {
    nullable: true,
    description: "All themes that datasets are sorted by, in the order of their codes.",
  })
  async themes(@Ctx() { db }: DataSharingContext): Promise<DataTheme[]> {
    return (await listThemes(db)).map(toTheme);
  }

  @inherited()
  @FieldResolver(() => [DataTheme], {
    name: "themes",
    description: "What it is about, the most fitting theme first.",
  })
  async datasetThemes(
    @Root() { id }: Dataset,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<DataTheme[]> {
    return (await loaders.themes.load(id)).map(toTheme);
  }

  @inherited()
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
    return row && toLicence(row);
  }

  @inherited()
  @FieldResolver(() => [Distribution], { description: "The forms in which it can be had." })
  async distributions(
    @Root() { id }: Dataset,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<Distribution[]> {
    return (await loaders.distributions.load(id)).map(toDistribution);
  }

  @inherited()
  @FieldResolver(() => ContactPoint, { description: "Whom to ask about it." })
  async contactPoint(
    @Root() { publisherId }: Dataset,
    @Ctx() { loaders }: DataSharingContext,
  ): Promise<ContactPoint> {
    const row = await loaders.participant.load(publisherId);
    if (!row) throw new Error(`The publisher "${publisherId}" has gone.`);
    return toContactPoint(row);
  }
}
