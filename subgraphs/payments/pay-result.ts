/** What paying can come to. Refusals are part of the schema, so that a client must handle them. */
import {
  createUnionType,
  Directive,
  Field,
  InterfaceType,
  ObjectType,
  registerEnumType,
} from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import type { Text } from "./charge-line.rules.ts";
import { Payment } from "./payment.ts";

export const refusalCodes = {
  AMOUNT_CHANGED: "AMOUNT_CHANGED",
  ALREADY_PAID: "ALREADY_PAID",
  PAYMENT_UNDER_WAY: "PAYMENT_UNDER_WAY",
  INSUFFICIENT_BALANCE: "INSUFFICIENT_BALANCE",
  NOT_PAYABLE: "NOT_PAYABLE",
  PUMP_UNAVAILABLE: "PUMP_UNAVAILABLE",
} as const;
type RefusalCode = keyof typeof refusalCodes;

registerEnumType(refusalCodes, {
  name: "RefusalCode",
  description: "Why nothing was paid.",
  valuesConfig: {
    AMOUNT_CHANGED: { description: "Another amount is due than the one expected." },
    ALREADY_PAID: { description: "It is paid already." },
    PAYMENT_UNDER_WAY: { description: "Another payment of it has begun and is not finished." },
    INSUFFICIENT_BALANCE: { description: "The wallet holds too little." },
    NOT_PAYABLE: { description: "There is nothing here that this person could pay." },
    PUMP_UNAVAILABLE: { description: "The pump is in use, or there is none that gives this." },
  },
});

@InterfaceType({ description: "Why nothing was paid. No money has moved." })
export abstract class Refusal {
  @Field(() => refusalCodes, { description: "The reason, for programs." })
  code!: RefusalCode;

  @Field(() => LocalizedText, { description: "The reason, for people." })
  message!: LocalizedText;
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "It is paid." })
export class PaymentMade {
  @Field(() => Payment, { description: "The payment, with its receipt." })
  payment!: Payment;

  @Field(() => LocalizedText, { description: "What to tell the person." })
  message!: LocalizedText;

  static of(payment: Payment, message: Text): PaymentMade {
    const { en, ar } = message;
    return Object.assign(new PaymentMade(), { payment, message: localized(en, ar) });
  }
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({
  description:
    "A payment by card has begun. Ask for it by `payment(id)` until its state is final; open its `pageUrl` for the person when there is one.",
})
export class PaymentStarted {
  @Field(() => Payment, { description: "The payment, not finished yet." })
  payment!: Payment;

  @Field(() => LocalizedText, { description: "What to tell the person." })
  message!: LocalizedText;

  static of(payment: Payment, { en, ar }: Text): PaymentStarted {
    return Object.assign(new PaymentStarted(), { payment, message: localized(en, ar) });
  }
}

const refusal = (code: RefusalCode, { en, ar }: Text) => ({ code, message: localized(en, ar) });

@ObjectType({
  implements: Refusal,
  description:
    "Another amount is due than the one that the person saw. Show the new one, and pay again with a new idempotency key.",
})
export class AmountChanged extends Refusal {
  @Field(() => Money, { description: "What is due now." })
  currentAmount!: Money;

  static of(currentAmount: Money, message: Text): AmountChanged {
    const base = refusal("AMOUNT_CHANGED", message);
    return Object.assign(new AmountChanged(), base, { currentAmount });
  }
}

@ObjectType({ implements: Refusal, description: "It is paid already; it was not paid again." })
export class AlreadyPaid extends Refusal {
  @Field(() => Payment, { description: "The payment that settled it." })
  payment!: Payment;

  static of(payment: Payment, message: Text): AlreadyPaid {
    return Object.assign(new AlreadyPaid(), refusal("ALREADY_PAID", message), { payment });
  }
}

@ObjectType({
  implements: Refusal,
  description: "Another payment of it has begun. Follow that one, or cancel it.",
})
export class PaymentUnderWay extends Refusal {
  @Field(() => Payment, { description: "The payment that is under way." })
  payment!: Payment;

  static of(payment: Payment, message: Text): PaymentUnderWay {
    const base = refusal("PAYMENT_UNDER_WAY", message);
    return Object.assign(new PaymentUnderWay(), base, { payment });
  }
}

@personalData("FINANCIAL", "To pay from a balance that was paid in before")
@ObjectType({
  implements: Refusal,
  description: "The wallet holds too little. Top it up, and pay again with a new idempotency key.",
})
export class InsufficientBalance extends Refusal {
  @Field(() => Money, { description: "What the wallet held." })
  balance!: Money;

  @Field(() => Money, { description: "What it lacked." })
  missing!: Money;

  static of(balance: Money, missing: Money, message: Text): InsufficientBalance {
    const base = refusal("INSUFFICIENT_BALANCE", message);
    return Object.assign(new InsufficientBalance(), base, { balance, missing });
  }
}

@ObjectType({
  implements: Refusal,
  description:
    "There is nothing to pay: the id is unknown or somebody else's (which is not told apart), or the biller has withdrawn it.",
})
export class NotPayable extends Refusal {
  @Field(() => LocalizedText, { description: "Why, for people." })
  reason!: LocalizedText;

  static of(reason: Text): NotPayable {
    const base = refusal("NOT_PAYABLE", reason);
    return Object.assign(new NotPayable(), base, { reason: localized(reason.en, reason.ar) });
  }
}

@ObjectType({
  implements: Refusal,
  description: "The pump is in use, or the station has no such pump or grade. Choose another.",
})
export class PumpUnavailable extends Refusal {
  static of(message: Text): PumpUnavailable {
    return Object.assign(new PumpUnavailable(), refusal("PUMP_UNAVAILABLE", message));
  }
}

export const PayResult = createUnionType({
  name: "PayResult",
  description:
    "What paying came to: `PaymentMade`, `PaymentStarted` (by card), or a `Refusal` with its details.",
  types: () =>
    [
      PaymentMade,
      PaymentStarted,
      AmountChanged,
      AlreadyPaid,
      PaymentUnderWay,
      InsufficientBalance,
      NotPayable,
    ] as const,
});
