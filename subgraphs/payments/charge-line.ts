/** One line of a bill, a fee or a receipt, as clients see it. */
import { Directive, Field, ObjectType, registerEnumType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { localized, LocalizedText, Money } from "../kit/scalars.ts";
import { type ChargeLineKind, chargeLineKinds, type Line } from "./charge-line.rules.ts";

registerEnumType(chargeLineKinds, {
  name: "ChargeLineKind",
  description: "What a line of a bill, a fee or a receipt is for.",
  valuesConfig: {
    CHARGE: { description: "What the biller supplied: electricity, cooling, a telephone plan." },
    TAX: { description: "A tax, for example value added tax." },
    FUEL: { description: "Fuel from a pump." },
    PENALTY: { description: "The original amount of a fine." },
    DISCOUNT: { description: "What a discount takes off: the amount is negative." },
    GOVERNMENT_FEE: { description: "What the agency asks for its service." },
    KNOWLEDGE_DIRHAM: {
      description: "AED 10 for knowledge, on government fees of AED 50 or more.",
    },
    INNOVATION_DIRHAM: {
      description: "AED 10 for innovation, on government fees of AED 50 or more.",
    },
  },
});

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To show what is to be paid, and to take it")
@ObjectType({ description: "One line of a bill, a fee or a receipt. Lines sum to their total." })
export class ChargeLine {
  @Field(() => chargeLineKinds, { description: "What the line is for." })
  kind!: ChargeLineKind;

  @Field(() => LocalizedText, { description: "The line's text." })
  description!: LocalizedText;

  @Field(() => Money, { description: "The line's amount; negative for a discount." })
  amount!: Money;
}

export const toChargeLine = (line: Line, currency: string): ChargeLine =>
  Object.assign(new ChargeLine(), {
    kind: line.kind,
    description: localized(line.description.en, line.description.ar),
    amount: Money.of(line.amount, currency),
  });
