/** A fine as clients see it at a moment: the discount, and with it what is due, depends on the time. */
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { connectionOf } from "../kit/pagination.ts";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import { Agency, agencyOf } from "./agency.ts";
import { discountOf, isRunning } from "./fine.rules.ts";
import type { FineRow } from "./fine.store.ts";
import { Service, serviceOf } from "./service.ts";
import type { ItemStatus } from "./tables.ts";

export const fineStatuses = { OPEN: "OPEN", PAID: "PAID", VOID: "VOID" } as const;

registerEnumType(fineStatuses, {
  name: "FineStatus",
  description: "Where a fine stands.",
  valuesConfig: {
    OPEN: { description: "Waits to be paid." },
    PAID: { description: "Is paid." },
    VOID: { description: "Was withdrawn: nothing is to be paid." },
  },
});

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("OFFENCE", "To show what is to be paid, and to take it")
@ObjectType({ description: "A discount that a fine has while it is paid early enough." })
export class FineDiscount {
  @Field(() => Int, { description: "Whole percent of the original amount." })
  percent!: number;

  @Field(() => Date, { description: "From this moment on the full amount is due." })
  until!: Date;

  @Field(() => Money, { description: "What it takes off, as a positive amount." })
  amount!: Money;
}

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("OFFENCE", "To show what is to be paid, and to take it")
@ObjectType({ description: "A fine for a violation. Pay it by the mutation payFine." })
export class Fine {
  @Field(() => ID, { description: "Its id: `fine_…`." })
  id!: string;

  @Field(() => Agency, {
    nullable: true,
    description: "The agency that fined; null only while its data cannot be reached.",
  })
  biller!: Agency;

  @Field(() => Service, {
    nullable: true,
    description: "The service it is paid through; null only while its data cannot be reached.",
  })
  service!: Service;

  @Field(() => LocalizedText, { description: "What was done." })
  violation!: LocalizedText;

  @Field(() => String, {
    nullable: true,
    description: "The vehicle's plate, masked but for its last digits; null without a vehicle.",
  })
  plate!: string | null;

  @Field(() => Date, { description: "When it was done." })
  occurredAt!: Date;

  @Field(() => Money, { description: "The fine before any discount." })
  originalAmount!: Money;

  @Field(() => FineDiscount, {
    nullable: true,
    description: "The discount that runs now; null when there is none, or nothing is to be paid.",
  })
  discount!: FineDiscount | null;

  @Field(() => Boolean, {
    description:
      "Whether fines of this kind can have a discount at all: traffic fines of Dubai Police can, those of other agencies never.",
  })
  discountable!: boolean;

  @Field(() => Money, {
    description:
      "What has to be paid now; zero once the fine is paid or void. Pass its `amount` to payFine as `expectedAmount`.",
  })
  amountDue!: Money;

  @Field(() => Int, { description: "Black points on the driver's licence." })
  blackPoints!: number;

  @Field(() => fineStatuses, { description: "Where it stands." })
  status!: ItemStatus;

  @Field(() => Boolean, {
    description: "Whether this is made-up sample data and not the agency's own.",
  })
  sample!: boolean;

  payableId!: string;
}

function discountAt(row: FineRow, now: Date) {
  const { discount_percent: percent, discount_until: until, status } = row;
  if (status !== "OPEN" || percent === null || until === null) return null;
  const discount = { percent, until };
  return isRunning(discount, now) ? discount : null;
}

export function toFine(row: FineRow, now: Date): Fine {
  const discount = discountAt(row, now);
  const off = discountOf(row.amount, discount, now);
  const due = row.status === "OPEN" ? row.amount - off : 0n;
  const amount = Money.of(off, row.currency);
  return Object.assign(new Fine(), {
    id: row.id,
    biller: agencyOf(row.biller_id),
    service: serviceOf(row.service_id),
    violation: localized(row.violation_en, row.violation_ar),
    plate: row.plate,
    occurredAt: row.occurred_at,
    originalAmount: Money.of(row.amount, row.currency),
    discountable: row.discountable,
    discount: discount && Object.assign(new FineDiscount(), discount, { amount }),
    amountDue: Money.of(due, row.currency),
    blackPoints: row.black_points,
    status: row.status,
    sample: row.sample,
    payableId: row.payable_id,
  });
}

export const { Connection: FineConnection } = connectionOf("Fine", () => Fine);
