/** A payment as clients see it; what it paid for and its receipt are loaded in payment.resolver.ts. */
import { createUnionType, Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import { connectionOf } from "../kit/pagination.ts";
import { Money } from "../kit/scalars.ts";
import { Bill } from "./bill.ts";
import { Fine } from "./fine.ts";
import { FuelFill } from "./fuel-fill.ts";
import type { PaymentRow } from "./payment.store.ts";
import { ServiceFee } from "./service-fee.ts";
import type { ItemKind } from "./tables.ts";

export const paymentStates = { CAPTURED: "CAPTURED" } as const;

registerEnumType(paymentStates, {
  name: "PaymentState",
  description:
    "Where a payment stands. More states come with cards: treat one that you do not know as not yet finished.",
  valuesConfig: { CAPTURED: { description: "The money has been taken and given to the biller." } },
});

export const paymentMethods = { WALLET: "WALLET" } as const;

registerEnumType(paymentMethods, {
  name: "PaymentMethod",
  description: "What was paid with.",
  valuesConfig: { WALLET: { description: "The person's prepaid balance with the city." } },
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

@Directive('@key(fields: "id")')
@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "A payment that a person has made." })
export class Payment {
  @Field(() => ID, { description: "Its id: `pay_…`." })
  id!: string;

  @Field(() => Money, { description: "What was paid." })
  amount!: Money;

  @Field(() => paymentStates, { description: "Where it stands." })
  state!: keyof typeof paymentStates;

  @Field(() => paymentMethods, { description: "What was paid with." })
  method!: keyof typeof paymentMethods;

  @Field(() => paymentChannels, { description: "Where it was paid." })
  channel!: PaymentChannel;

  @Field(() => Date, { description: "When it was paid." })
  paidAt!: Date;

  itemId!: string;
  itemKind!: ItemKind;
}

export const toPayment = (row: PaymentRow): Payment =>
  Object.assign(new Payment(), {
    id: row.id,
    amount: Money.of(row.amount, row.currency),
    state: row.state,
    method: row.method,
    channel: row.channel,
    paidAt: row.paid_at,
    itemId: row.item_id,
    itemKind: row.item_kind,
  });

export const { Connection: PaymentConnection } = connectionOf("Payment", () => Payment);
