/** A payment as clients see it; what it paid for and its receipt are loaded in payment.resolver.ts. */
import { createUnionType, Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { connectionOf } from "../kit/pagination.ts";
import { Money } from "../kit/scalars.ts";
import { Bill } from "./bill.ts";
import { Fine } from "./fine.ts";
import { FuelFill } from "./fuel-fill.ts";
import type { PaymentState } from "./payment-state.rules.ts";
import type { PaymentRow } from "./payment.store.ts";
import { ServiceFee } from "./service-fee.ts";
import type { ItemKind } from "./tables.ts";

export const paymentStates = {
  CREATED: "CREATED",
  ACTION_REQUIRED: "ACTION_REQUIRED",
  AUTHORISED: "AUTHORISED",
  UNKNOWN: "UNKNOWN",
  CAPTURED: "CAPTURED",
  PARTLY_REFUNDED: "PARTLY_REFUNDED",
  REFUNDED: "REFUNDED",
  DECLINED: "DECLINED",
  CANCELLED: "CANCELLED",
  EXPIRED: "EXPIRED",
} as const satisfies { readonly [State in PaymentState]: State };

registerEnumType(paymentStates, {
  name: "PaymentState",
  description: "Where a payment stands. Treat one that you do not know as not yet finished.",
  valuesConfig: {
    CREATED: { description: "Begun; the provider of cards is being asked." },
    ACTION_REQUIRED: { description: "The person has to go on at `pageUrl`." },
    AUTHORISED: { description: "The money is held, and not taken yet." },
    UNKNOWN: {
      description: "The provider has not told the outcome. It is being asked; do not pay again.",
    },
    CAPTURED: { description: "The money has been taken." },
    PARTLY_REFUNDED: { description: "A part of the money went back." },
    REFUNDED: { description: "All of the money went back." },
    DECLINED: { description: "The card was declined; see `failure`. Nothing was taken." },
    CANCELLED: { description: "Given up. Nothing was taken." },
    EXPIRED: { description: "Not finished in time. Nothing was taken." },
  },
});

export const paymentMethods = { WALLET: "WALLET", CARD: "CARD" } as const;
export type PaymentMethod = keyof typeof paymentMethods;

registerEnumType(paymentMethods, {
  name: "PaymentMethod",
  description: "What was paid with.",
  valuesConfig: {
    WALLET: { description: "The person's prepaid balance with the city." },
    CARD: { description: "A card, at the provider's own page or by a token of the provider." },
  },
});

export const paymentChannels = {
  APP: "APP",
  WEB: "WEB",
  KIOSK: "KIOSK",
  CALL_CENTRE: "CALL_CENTRE",
} as const;
export type PaymentChannel = keyof typeof paymentChannels;

registerEnumType(paymentChannels, {
  name: "PaymentChannel",
  description: "Where somebody paid, as the client says.",
  valuesConfig: {
    APP: { description: "The city's app." },
    WEB: { description: "A web site." },
    KIOSK: { description: "A machine in a public place." },
    CALL_CENTRE: { description: "By telephone, with an agent's help." },
  },
});

export const PaidItem = createUnionType({
  name: "PaidItem",
  description: "What a payment can be for. Each has a `service` and a `biller`.",
  types: () => [Bill, Fine, FuelFill, ServiceFee] as const,
});

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To take a payment once, and to prove and refund it")
@ObjectType({ description: "As much of a card as people need to tell theirs apart." })
export class PaymentCard {
  @Field(() => String, { description: "Its brand, for example Visa." })
  brand!: string;

  @Field(() => String, { description: "The last four digits of its number." })
  last4!: string;
}

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To take a payment once, and to prove and refund it")
@ObjectType({ description: "A payment that a person has made." })
export class Payment {
  @Field(() => ID, { description: "Its id: `pay_…`." })
  id!: string;

  @Field(() => Money, {
    description: "What was paid; while nothing is taken yet, the most that will be.",
  })
  amount!: Money;

  @Field(() => Money, { description: "What went back so far." })
  refunded!: Money;

  @Field(() => paymentStates, { description: "Where it stands." })
  state!: keyof typeof paymentStates;

  @Field(() => paymentMethods, { description: "What was paid with." })
  method!: keyof typeof paymentMethods;

  @Field(() => paymentChannels, { description: "Where it was paid." })
  channel!: PaymentChannel;

  @Field(() => Date, { description: "When it was begun." })
  createdAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: "When it was paid; null when nothing was taken.",
  })
  paidAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: "By when it has to be finished; null for what is paid at once.",
  })
  expiresAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Where the person goes on while the state is ACTION_REQUIRED: the provider's own page. Card numbers are typed there and nowhere else.",
  })
  pageUrl!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Why the card was declined, as the provider says: `insufficient_funds`.",
  })
  failure!: string | null;

  @Field(() => PaymentCard, {
    nullable: true,
    description: "The card; null for other methods, and until the provider has told.",
  })
  card!: PaymentCard | null;

  /** What was taken. */
  captured!: Money;
  personId!: string;
  itemId!: string | null;
  itemKind!: ItemKind | null;
}

const cardOf = ({ card_brand: brand, card_last4: last4 }: PaymentRow): PaymentCard | null =>
  brand && last4 ? Object.assign(new PaymentCard(), { brand, last4 }) : null;

export const toPayment = (row: PaymentRow): Payment =>
  Object.assign(new Payment(), {
    id: row.id,
    amount: Money.of(row.captured_amount || row.amount, row.currency),
    refunded: Money.of(row.refunded_amount, row.currency),
    state: row.state,
    method: row.method,
    channel: row.channel,
    createdAt: row.created_at,
    paidAt: row.paid_at,
    expiresAt: row.expires_at,
    pageUrl: row.state === "ACTION_REQUIRED" ? row.page_url : null,
    failure: row.failure,
    card: cardOf(row),
    captured: Money.of(row.captured_amount, row.currency),
    personId: row.person_id,
    itemId: row.item_id,
    itemKind: row.item_kind,
  });

export const { Connection: PaymentConnection } = connectionOf("Payment", () => Payment);
