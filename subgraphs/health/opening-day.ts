/** One day of a facility's opening hours as the graph shows it. */
import { GraphQLLocalDate } from "graphql-scalars";
import { Directive, Field, ObjectType } from "type-graphql";
import { DateTime, localized, LocalizedText } from "../kit/scalars.ts";
import type { OpeningDay as DayOfTheWeek } from "./opening-week.rules.ts";

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "A time during which a facility is open." })
export class OpeningSpan {
  @Field(() => DateTime, { description: "When it opens." })
  opens!: Date;

  @Field(() => DateTime, {
    description: "When it closes; on the next day when it is open past midnight.",
  })
  closes!: Date;

  @Field(() => Boolean, {
    description: "Whether it is open then because it is on duty, and not by its hours.",
  })
  onDuty!: boolean;
}

@Directive("@cacheControl(inheritMaxAge: true)")
@ObjectType({ description: "A day of a facility's opening hours." })
export class OpeningDay {
  @Field(() => GraphQLLocalDate, { description: "The day in Asia/Dubai, for example 2020-04-01." })
  date!: string;

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => [OpeningSpan], {
    description: "Times that begin on this day, in order; none when it does not open.",
  })
  spans!: OpeningSpan[];

  @Directive("@cacheControl(inheritMaxAge: true)")
  @Field(() => LocalizedText, {
    nullable: true,
    description: "The public holiday that it is, for people; null on other days.",
  })
  holiday!: LocalizedText | null;

  @Field(() => Boolean, { description: "Whether it is a day of Ramadan." })
  ramadan!: boolean;
}

export const toOpeningDay = ({ date, spans, holiday, ramadan }: DayOfTheWeek): OpeningDay =>
  Object.assign(new OpeningDay(), {
    date,
    spans: spans.map(({ opens, closes, onDuty }) =>
      Object.assign(new OpeningSpan(), {
        opens: new Date(opens),
        closes: new Date(closes),
        onDuty,
      }),
    ),
    holiday: holiday && localized(holiday.name.en, holiday.name.ar),
    ramadan,
  });
