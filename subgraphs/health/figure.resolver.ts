/** Daily figures at the graph's root: the latest, series by period, revisions of a day, and publishing. */
import { GraphQLLocalDate } from "graphql-scalars";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  Mutation,
  Query,
  Resolver,
} from "type-graphql";
import { badUserInput } from "../kit/errors.ts";
import { invalidate } from "../kit/invalidation.ts";
import { DateTime } from "../kit/scalars.ts";
import { checkKey, requirePublisher } from "./bulletin-change.rules.ts";
import type { HealthContext } from "./context.ts";
import { checkFigures, type FigurePeriodKind, figuresScope } from "./figure.rules.ts";
import { figureSeries, latestFigures, revisionsOfDay } from "./figure.store.ts";
import {
  FigureMetricEnum,
  FigurePeriodEnum,
  FigureRevision,
  FiguresPublished,
  FigureSum,
  LatestFigure,
  PublishFiguresInput,
  toFigureRevision,
  toFigureSum,
  toLatestFigure,
} from "./figure.ts";
import { publishFigures } from "./publish-figures.ts";
import { type FigureMetric, figureMetrics } from "./tables.ts";

@ArgsType()
class FigureSeriesArguments {
  @Field(() => FigureMetricEnum, { description: "What is counted." })
  metric!: FigureMetric;

  @Field(() => FigurePeriodEnum, {
    defaultValue: FigurePeriodEnum.DAY,
    description: "What days are added up to.",
  })
  by!: FigurePeriodKind;

  @Field(() => GraphQLLocalDate, {
    nullable: true,
    description: "First day; without it, the first that was counted.",
  })
  from?: string | null;

  @Field(() => GraphQLLocalDate, {
    nullable: true,
    description: "Last day; without it, the last that was counted.",
  })
  to?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "As it was known at this moment; without it, as it is known now.",
  })
  asOf?: Date | null;
}

@Resolver()
export class FigureResolver {
  @Directive('@cacheTag(format: "figures")')
  @Directive("@cacheControl(maxAge: 30)")
  @Query(() => [LatestFigure], {
    nullable: true,
    description: "The last figure of each metric that was ever counted.",
  })
  async latestFigures(@Ctx() { db }: HealthContext): Promise<LatestFigure[]> {
    return (await latestFigures(db, figureMetrics)).map(toLatestFigure);
  }

  @Directive('@cacheTag(format: "figures")')
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => [FigureSum], {
    nullable: true,
    description: "Figures of one metric by period, in order; periods without any day are left out.",
  })
  async figures(
    @Args(() => FigureSeriesArguments) given: FigureSeriesArguments,
    @Ctx() { db }: HealthContext,
  ): Promise<FigureSum[]> {
    const { metric, by: kind, from = null, to = null, asOf = null } = given;
    if (from && to && from > to) {
      throw badUserInput(`\`from\` (${from}) is after \`to\` (${to}): exchange them.`);
    }
    return (await figureSeries(db, { metric, kind, from, to, asOf })).map(toFigureSum(kind));
  }

  @Directive('@cacheTag(format: "figures")')
  @Directive("@cacheControl(maxAge: 300)")
  @Query(() => [FigureRevision], {
    nullable: true,
    description: "Everything that was published of one day, oldest first.",
  })
  async figureRevisions(
    @Arg("metric", () => FigureMetricEnum, { description: "What is counted." })
    metric: FigureMetric,
    @Arg("day", () => GraphQLLocalDate, { description: "The day." }) day: string,
    @Ctx() { db }: HealthContext,
  ): Promise<FigureRevision[]> {
    return (await revisionsOfDay(db, metric, day)).map(toFigureRevision);
  }

  @Directive(`@requiresScopes(scopes: [["${figuresScope}"]])`)
  @Mutation(() => FiguresPublished, {
    nullable: true,
    description:
      "Publishes figures, or revises those that were published before: what was known stays to be asked for by `asOf`. Every reader sees them, whatever was cached. Needs the scope figures:write.",
  })
  async publishFigures(
    @Arg("input", () => PublishFiguresInput, { description: "Which figures." })
    input: PublishFiguresInput,
    @Ctx() context: HealthContext,
  ): Promise<FiguresPublished> {
    const { db, principal, clock } = context;
    const publisher = requirePublisher(principal, figuresScope);
    const { idempotencyKey, source } = input;
    checkKey(idempotencyKey);
    if (source.trim() === "" || source.length > 300) {
      throw badUserInput("`source` must have 1 to 300 characters.", { argument: "input.source" });
    }
    // Copied field by field: equal requests must be equal data.
    const figures = input.figures.map(({ metric, day, value }) => ({ metric, day, value }));
    checkFigures(figures, clock());
    const deps = { publisher, now: new Date(clock()), idempotencyKey };
    const outcome = await publishFigures(db, { figures, source }, deps);
    if (outcome.kind === "IDEMPOTENCY_KEY_USED") {
      throw badUserInput("`idempotencyKey` was used for other figures: take a new one.", {
        argument: "input.idempotencyKey",
      });
    }
    const { changed, repeated } = outcome;
    invalidate(context, { type: "LatestFigure" }, { cacheTag: "figures" });
    return Object.assign(new FiguresPublished(), { changed, repeated });
  }
}
