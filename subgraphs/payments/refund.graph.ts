/** Refunds as clients see them, and what ordering one can come to. */
import { createUnionType, Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import type { Text } from "./charge-line.rules.ts";
import { Payment } from "./payment.ts";
import type { RefundRow } from "./refund.store.ts";
import type { RefundState } from "./tables.ts";

const refundStates = {
  PENDING: "PENDING",
  SUCCEEDED: "SUCCEEDED",
  FAILED: "FAILED",
} as const satisfies { readonly [State in RefundState]: State };

registerEnumType(refundStates, {
  name: "RefundState",
  description: "Where a refund stands.",
  valuesConfig: {
    PENDING: { description: "Ordered; the card's provider has not confirmed it yet." },
    SUCCEEDED: { description: "The money went back." },
    FAILED: { description: "The provider refused it. The money is where it was before." },
  },
});

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To take a payment once, and to prove and refund it")
@ObjectType({ description: "Money of a payment that goes back to the payer." })
export class Refund {
  @Field(() => ID, { description: "Its id: `refund_…`." })
  id!: string;

  @Field(() => Money, { description: "What goes back." })
  amount!: Money;

  @Field(() => refundStates, { description: "Where it stands." })
  state!: RefundState;

  @Field(() => String, { description: "Why, as whoever ordered it wrote." })
  reason!: string;

  @Field(() => Date, { description: "When it was ordered." })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: "When it ended; null while it is pending." })
  completedAt!: Date | null;
}

export const toRefund = (row: RefundRow): Refund =>
  Object.assign(new Refund(), {
    id: row.id,
    amount: Money.of(row.amount, row.currency),
    state: row.state,
    reason: row.reason,
    createdAt: row.created_at,
    completedAt: row.completed_at,
  });

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "The refund is ordered; for a wallet it is done as well." })
export class RefundOrdered {
  @Field(() => Refund, { description: "The refund." })
  refund!: Refund;

  @Field(() => Payment, { description: "The payment it belongs to." })
  payment!: Payment;

  static of(refund: Refund, payment: Payment): RefundOrdered {
    return Object.assign(new RefundOrdered(), { refund, payment });
  }
}

export const refundRefusalCodes = {
  NOT_REFUNDABLE: "NOT_REFUNDABLE",
  NOT_POSTED_YET: "NOT_POSTED_YET",
  REFUNDABLE_CHANGED: "REFUNDABLE_CHANGED",
} as const;
type RefundRefusalCode = keyof typeof refundRefusalCodes;

registerEnumType(refundRefusalCodes, {
  name: "RefundRefusalCode",
  description: "Why nothing is refunded.",
  valuesConfig: {
    NOT_REFUNDABLE: { description: "There is no such payment, or nothing of it is left." },
    NOT_POSTED_YET: { description: "The biller has not answered to the payment yet. Try later." },
    REFUNDABLE_CHANGED: { description: "Another amount is refundable than the one expected." },
  },
});

@ObjectType({ description: "Nothing is refunded." })
export class RefundRefused {
  @Field(() => refundRefusalCodes, { description: "The reason, for programs." })
  code!: RefundRefusalCode;

  @Field(() => LocalizedText, { description: "The reason, for people." })
  message!: LocalizedText;

  @Field(() => Money, {
    nullable: true,
    description: "What is refundable now, when that is the reason.",
  })
  refundable!: Money | null;

  static of(code: RefundRefusalCode, { en, ar }: Text, refundable: Money | null): RefundRefused {
    return Object.assign(new RefundRefused(), { code, message: localized(en, ar), refundable });
  }
}

export const RefundResult = createUnionType({
  name: "RefundResult",
  description: "What ordering a refund came to.",
  types: () => [RefundOrdered, RefundRefused] as const,
});
