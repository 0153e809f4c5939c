/** Statistics of payments as operators see them: number and value, in total and by day, biller and channel. */
import { GraphQLLocalDate } from "graphql-scalars";
import { Directive, Field, Int, ObjectType } from "type-graphql";
import { Money } from "../kit/scalars.ts";
import { Agency, agencyOf } from "./agency.ts";
import { type PaymentChannel, paymentChannels } from "./payment.ts";
import type { FiguresRow } from "./statistics.store.ts";

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "How much was paid, and how much went back." })
export class PaymentFigures {
  @Field(() => Int, { description: "How many payments were taken." })
  payments!: number;

  @Field(() => Money, { description: "What was taken." })
  captured!: Money;

  @Field(() => Int, { description: "How many refunds were made." })
  refunds!: number;

  @Field(() => Money, { description: "What went back." })
  refunded!: Money;
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "Figures of one day, in the city's time." })
export class PaymentFiguresOfDay {
  @Field(() => GraphQLLocalDate, { description: "The day." })
  day!: string;

  @Field(() => PaymentFigures, { description: "Its figures." })
  figures!: PaymentFigures;
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "Figures of one biller." })
export class PaymentFiguresOfBiller {
  @Field(() => Agency, {
    nullable: true,
    description: "Who was paid; null only while its data cannot be reached.",
  })
  biller!: Agency;

  @Field(() => PaymentFigures, { description: "Its figures." })
  figures!: PaymentFigures;
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "Figures of one channel." })
export class PaymentFiguresOfChannel {
  @Field(() => paymentChannels, { description: "Where was paid." })
  channel!: PaymentChannel;

  @Field(() => PaymentFigures, { description: "Its figures." })
  figures!: PaymentFigures;
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({
  description:
    "Number and value of payments over some days. Days, billers and channels without any are left out.",
})
export class PaymentStatistics {
  @Field(() => PaymentFigures, { description: "All together." })
  total!: PaymentFigures;

  @Field(() => [PaymentFiguresOfDay], { description: "By day, the oldest first." })
  byDay!: PaymentFiguresOfDay[];

  @Field(() => [PaymentFiguresOfBiller], { description: "By biller." })
  byBiller!: PaymentFiguresOfBiller[];

  @Field(() => [PaymentFiguresOfChannel], { description: "By channel." })
  byChannel!: PaymentFiguresOfChannel[];
}

/** @param rows from `figures`. */
export function toStatistics(rows: readonly FiguresRow[], currency: string): PaymentStatistics {
  const toFigures = ({ payments, captured, refunds, refunded }: FiguresRow): PaymentFigures =>
    Object.assign(new PaymentFigures(), {
      payments: Number(payments),
      captured: Money.of(captured, currency),
      refunds: Number(refunds),
      refunded: Money.of(refunded, currency),
    });
  const byDay: PaymentFiguresOfDay[] = [];
  const byBiller: PaymentFiguresOfBiller[] = [];
  const byChannel: PaymentFiguresOfChannel[] = [];
  let total: PaymentFigures | undefined;
  for (const row of rows) {
    const figures = toFigures(row);
    const { day, biller_id: billerId, channel } = row;
    if (day !== null) byDay.push(Object.assign(new PaymentFiguresOfDay(), { day, figures }));
    else if (billerId !== null) {
      const biller = agencyOf(billerId);
      byBiller.push(Object.assign(new PaymentFiguresOfBiller(), { biller, figures }));
    } else if (channel !== null) {
      byChannel.push(Object.assign(new PaymentFiguresOfChannel(), { channel, figures }));
    } else total = figures;
  }
  return Object.assign(new PaymentStatistics(), { total, byDay, byBiller, byChannel });
}
