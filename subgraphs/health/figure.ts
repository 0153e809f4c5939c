/** Daily figures of public health as the graph shows them. */
import { GraphQLLocalDate } from "graphql-scalars";
import { Directive, Field, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { DateTime } from "../kit/scalars.ts";
import { type FigurePeriodKind, maxFigures, maxValue, periodEnd } from "./figure.rules.ts";
import type { FigurePeriodRow, FigureRevisionRow, LatestFigureRow } from "./figure.store.ts";
import type { FigureMetric } from "./tables.ts";

export const FigureMetricEnum = {
  CASES: "CASES",
  TESTS: "TESTS",
  RECOVERIES: "RECOVERIES",
  DEATHS: "DEATHS",
  VACCINATIONS: "VACCINATIONS",
} as const satisfies { [Metric in FigureMetric]: Metric };

registerEnumType(FigureMetricEnum, {
  name: "FigureMetric",
  description: "What is counted, for the whole country.",
  valuesConfig: {
    CASES: { description: "Newly confirmed infections." },
    TESTS: { description: "Tests that were done." },
    RECOVERIES: { description: "People who are well again." },
    DEATHS: { description: "People who died." },
    VACCINATIONS: { description: "Doses that were given." },
  },
});

export const FigurePeriodEnum = {
  DAY: "DAY",
  WEEK: "WEEK",
  WORKING_WEEK: "WORKING_WEEK",
  MONTH: "MONTH",
} as const satisfies { [Kind in FigurePeriodKind]: Kind };

registerEnumType(FigurePeriodEnum, {
  name: "FigurePeriod",
  description: "What days are added up to.",
  valuesConfig: {
    DAY: { description: "Nothing: day by day." },
    WEEK: { description: "Weeks from Monday to Sunday (ISO 8601)." },
    WORKING_WEEK: {
      description:
        "Weeks from the first working day: Sunday until 2021, Monday since 2022. The one of 26 December 2021 has eight days.",
    },
    MONTH: { description: "Calendar months." },
  },
});

@Directive("@cacheControl(maxAge: 30)")
@ObjectType({ description: "The last figure of a metric." })
export class LatestFigure {
  @Field(() => FigureMetricEnum, { description: "What is counted." })
  metric!: FigureMetric;

  @Field(() => GraphQLLocalDate, { description: "The day that was counted." })
  day!: string;

  @Field(() => Int, { description: "How many on this day." })
  value!: number;

  @Field(() => Int, { description: "How often it was published: above 1 when it was revised." })
  revisions!: number;

  @Field(() => DateTime, { description: "When it was published last." })
  recordedAt!: Date;

  @Field(() => String, { description: "The source to name wherever it is shown." })
  source!: string;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "Days added up." })
export class FigureSum {
  @Field(() => GraphQLLocalDate, { description: "First day of the period." })
  start!: string;

  @Field(() => GraphQLLocalDate, { description: "Last day of the period." })
  end!: string;

  @Field(() => Int, { description: "The sum of the days that were counted." })
  total!: number;

  @Field(() => Int, {
    description:
      "How many days were counted: fewer than the period has when some are missing, or lie outside of `from` and `to`. A day that is missing is not a day of none.",
  })
  days!: number;
}

@ObjectType({ description: "What was published of one day at one time." })
export class FigureRevision {
  @Field(() => Int, { description: "How many on the day, as it was known then." })
  value!: number;

  @Field(() => DateTime, { description: "When it was published." })
  recordedAt!: Date;
}

@InputType({ description: "How many were counted on a day." })
export class FigureInput {
  @Field(() => FigureMetricEnum, { description: "What was counted." })
  metric!: FigureMetric;

  @Field(() => GraphQLLocalDate, { description: "The day; not one to come." })
  day!: string;

  @Field(() => Int, { description: `How many on this day alone, from 0 to ${maxValue}.` })
  value!: number;
}

@InputType({ description: "Figures to publish, all or none." })
export class PublishFiguresInput {
  @Field(() => [FigureInput], { description: `1 to ${maxFigures}, each day of a metric once.` })
  figures!: FigureInput[];

  @Field(() => String, { description: "The source to name; 1 to 300 characters." })
  source!: string;

  @Field(() => String, {
    description: "A key of your choice for this one request, as for bulletins.",
  })
  idempotencyKey!: string;
}

@ObjectType({ description: "What became of published figures." })
export class FiguresPublished {
  @Field(() => Int, { description: "How many were new, or other than what was known before." })
  changed!: number;

  @Field(() => Boolean, {
    description: "true: a request with this key had done it before, and nothing was done now.",
  })
  repeated!: boolean;
}

export const toLatestFigure = ({ recorded_at, ...row }: LatestFigureRow): LatestFigure =>
  Object.assign(new LatestFigure(), { ...row, recordedAt: recorded_at });

export const toFigureSum =
  (kind: FigurePeriodKind) =>
  ({ start, total, days }: FigurePeriodRow): FigureSum =>
    Object.assign(new FigureSum(), {
      start,
      end: periodEnd(kind, start),
      total: Number(total),
      days: Number(days),
    });

export const toFigureRevision = ({ value, recorded_at }: FigureRevisionRow): FigureRevision =>
  Object.assign(new FigureRevision(), { value, recordedAt: recorded_at });
