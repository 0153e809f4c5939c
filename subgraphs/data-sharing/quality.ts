/** The quality of a dataset as the graph shows it. */
import {
  Ctx,
  Directive,
  Field,
  FieldResolver,
  Float,
  Int,
  ObjectType,
  Resolver,
  Root,
} from "type-graphql";
import type { DataSharingContext } from "./context.ts";
import type { Format } from "./dataset.rules.ts";
import { Dataset } from "./dataset.ts";
import { daysOverdue, descriptionPercent, opennessStars } from "./quality.rules.ts";

const inherited = () => Directive("@cacheControl(inheritMaxAge: true)");

@inherited()
@ObjectType({
  description: "The quality of a dataset, computed from what is known of it; no opinion is in it.",
})
export class DatasetQuality {
  @Field(() => Int, {
    nullable: true,
    description:
      "Stars of open data: 1 for an open licence, 2 for a format that programs read, 3 for one that is nobody's own; links (4, 5) are not judged. Null for data that is not open.",
  })
  opennessStars!: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "By how many days an update is overdue, by `updateFrequency`; 0 when in time; null when none is promised.",
  })
  daysOverdue!: number | null;

  @Field(() => Int, {
    description:
      "How much of the recommended description is there, in percent: keywords, themes, contact, time covered, sizes.",
  })
  descriptionPercent!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      "Share of values that are there, in percent, measured over all rows and fields; null unless it can be queried here.",
  })
  completenessPercent!: number | null;
}

@Resolver(() => Dataset)
export class DatasetQualityResolver {
  @inherited()
  @FieldResolver(() => DatasetQuality, {
    nullable: true,
    description: "How good it is, by what can be measured.",
  })
  async quality(
    @Root() { id }: Dataset,
    @Ctx() { loaders, clock }: DataSharingContext,
  ): Promise<DatasetQuality | null> {
    const row = await loaders.dataset.load(id);
    if (!row) return null;
    const [distributions, themes, contact, completeness] = await Promise.all([
      loaders.distributions.load(id),
      loaders.themes.load(id),
      loaders.participant.load(row.publisher_id),
      loaders.completeness.load(id),
    ]);
    const described = {
      isOpen: row.access_level === "OPEN",
      hasLicence: row.licence_id !== null,
      formats: distributions.map(({ format }) => format as Format),
      updateFrequency: row.update_frequency,
      modifiedAt: row.modified_at,
      described: [
        row.keywords.length > 0,
        themes.length > 0,
        Boolean(contact),
        row.coverage_from !== "",
        distributions.every((one) => one.byte_size !== null),
      ],
    };
    const { filled, cells } = completeness ?? { filled: 0n, cells: 0n };
    return Object.assign(new DatasetQuality(), {
      opennessStars: opennessStars(described) ?? null,
      daysOverdue: daysOverdue(described, clock()) ?? null,
      descriptionPercent: descriptionPercent(described),
      completenessPercent:
        cells === 0n ? null : Math.round((1_000 * Number(filled)) / Number(cells)) / 10,
    });
  }
}
