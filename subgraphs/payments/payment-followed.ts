/** Following a payment: one subscription, fed by payment-feed.ts. */
import {
  Arg,
  Ctx,
  Directive,
  Field,
  ID,
  ObjectType,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { requirePrincipal } from "../kit/errors.ts";
import type { PaymentsContext } from "./context.ts";
import { visiblePayment } from "./own.ts";
import { paymentFeed, type PaymentStanding } from "./payment-feed.ts";
import { Payment, paymentStates } from "./payment.ts";

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To take a payment once, and to prove and refund it")
@ObjectType({ description: "A state that a payment has reached." })
export class PaymentChange {
  @Field(() => paymentStates, { description: "The state that it reached." })
  state!: keyof typeof paymentStates;

  @Field(() => Date, { description: "When it reached it." })
  at!: Date;

  @Field(() => Payment, {
    description: "The payment as it is now, which may be further on than this change.",
  })
  payment!: Payment;
}

async function* nothing(): AsyncGenerator<null, void, undefined> {
  yield null;
}

async function follow(id: string, context: PaymentsContext) {
  requirePrincipal(context.principal);
  const payment = await visiblePayment(id, context);
  return payment ? paymentFeed(context.db, payment.id) : nothing();
}

@Resolver()
export class PaymentFollowedResolver {
  @Directive("@authenticated")
  @Subscription(() => PaymentChange, {
    nullable: true,
    subscribe: ({ args, context }) => follow(String(args["id"]), context as PaymentsContext),
    description:
      "Where one of your own payments stands: its state now, then each that it reaches, in their order. It ends when nothing more will happen, refunds aside. Null, and then the end, when there is no payment with this id, or it is somebody else's. Operators with the scope payments:read may follow everybody's.",
  })
  async paymentChanged(
    @Root() standing: PaymentStanding | null,
    @Arg("id", () => ID, { description: "Id of the payment: `pay_…`." }) _id: string,
    @Ctx() context: PaymentsContext,
  ): Promise<PaymentChange | null> {
    const payment = standing && (await visiblePayment(standing.paymentId, context));
    if (!payment) return null;
    const { state, at } = standing;
    return Object.assign(new PaymentChange(), { state, at, payment });
  }
}
