/** Reconciliation as operators see it: what an import did, and what differs. */
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { connectionOf } from "../kit/pagination.ts";
import { Money } from "../kit/scalars.ts";
import type { DifferenceKind, DifferenceRow } from "./settlement.store.ts";

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "A settlement file was imported." })
export class SettlementImported {
  @Field(() => Int, { description: "How many lines it has." })
  lines!: number;

  @Field(() => Boolean, { description: "Whether it was imported for the first time." })
  isNew!: boolean;

  @Field(() => Int, { description: "How many differences there are now, of all files." })
  differences!: number;
}

export const differenceKinds = {
  MISSING_HERE: "MISSING_HERE",
  MISSING_THERE: "MISSING_THERE",
  AMOUNT_DIFFERS: "AMOUNT_DIFFERS",
  DUPLICATE: "DUPLICATE",
} as const satisfies { readonly [Kind in DifferenceKind]: Kind };

registerEnumType(differenceKinds, {
  name: "SettlementDifferenceKind",
  description: "How a settlement file and our payments differ.",
  valuesConfig: {
    MISSING_HERE: { description: "The provider settled something that we do not have as taken." },
    MISSING_THERE: {
      description: "We have something as taken, and no file that was imported has it.",
    },
    AMOUNT_DIFFERS: { description: "Both have it, with different amounts." },
    DUPLICATE: { description: "The provider settled it more than once." },
  },
});

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To find money that went astray between the provider and us")
@ObjectType({ description: "Something in which a settlement file and our payments differ." })
export class SettlementDifference {
  @Field(() => ID, { description: "Its id." })
  id!: string;

  @Field(() => differenceKinds, { description: "How they differ." })
  kind!: DifferenceKind;

  @Field(() => Date, { description: "When it was taken or went back." })
  at!: Date;

  @Field(() => ID, { description: "Id of the payment that it is about, as the file has it." })
  paymentId!: string;

  @Field(() => ID, { nullable: true, description: "Id of the refund; null for a capture." })
  refundId!: string | null;

  @Field(() => Money, {
    nullable: true,
    description: "What the provider says, below zero for refunds; null when it says nothing.",
  })
  amountThere!: Money | null;

  @Field(() => Money, {
    nullable: true,
    description: "What we have, below zero for refunds; null when we have nothing.",
  })
  amountHere!: Money | null;
}

export function toDifference(row: DifferenceRow): SettlementDifference {
  const { amount_there: there, amount_here: here, currency } = row;
  return Object.assign(new SettlementDifference(), {
    id: row.id,
    kind: row.kind,
    at: row.at,
    paymentId: row.payment_id,
    refundId: row.refund_id,
    amountThere: there === null ? null : Money.of(there, currency),
    amountHere: here === null ? null : Money.of(here, currency),
  });
}

export const { Connection: SettlementDifferenceConnection } = connectionOf(
  "SettlementDifference",
  () => SettlementDifference,
);
