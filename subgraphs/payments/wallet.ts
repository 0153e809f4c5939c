/** A person's prepaid balance with the city. */
import { Directive, Field, ObjectType } from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { Money } from "../kit/scalars.ts";

/** The one currency of this city's wallets. */
export const walletCurrency = "AED";

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To pay from a balance that was paid in before")
@ObjectType({
  description: "A person's prepaid balance with the city; payments are taken from it.",
})
export class Wallet {
  @Field(() => Money, { description: "What can be spent. Never below zero." })
  balance!: Money;
}

export const walletOf = (balance: bigint): Wallet =>
  Object.assign(new Wallet(), { balance: Money.of(balance, walletCurrency) });
