/** Ordering refunds (operators), the refunds of a payment, and giving up a payment that is not finished. */
import {
  Arg,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  Resolver,
  Root,
} from "type-graphql";
import { badUserInput, requirePerson } from "../kit/errors.ts";
import { MinorUnits, Money } from "../kit/scalars.ts";
import { isRecordId, requireRefunding } from "./access.rules.ts";
import type { Text } from "./charge-line.rules.ts";
import type { PaymentsContext } from "./context.ts";
import { closePayment } from "./expiry.ts";
import { checkIdempotencyKey } from "./idempotency.rules.ts";
import { ownPayment } from "./own.ts";
import { Payment, toPayment } from "./payment.ts";
import { Refund, RefundOrdered, RefundRefused, RefundResult, toRefund } from "./refund.graph.ts";
import { refundOnce, type RefundOutcome } from "./refund-once.ts";
import { refundsByIds } from "./refund.store.ts";

@InputType({ description: "Which payment to refund, and how much of it." })
class RefundPaymentInput {
  @Field(() => ID, { description: "Id of the payment: `pay_…`." })
  paymentId!: string;

  @Field(() => MinorUnits, { description: "How much goes back, above zero." })
  amount!: bigint;

  @Field(() => MinorUnits, {
    description:
      "The payment's `refundable.amount` as you saw it. If it is another by now, nothing is refunded: two operators never refund one complaint twice.",
  })
  expectedRefundable!: bigint;

  @Field(() => String, { description: "Why, 1 to 200 characters. The payer can read it." })
  reason!: string;

  @Field(() => String, {
    description: "A key of your choice for this one refund, as for payments.",
  })
  idempotencyKey!: string;
}

const refusals: Readonly<Record<Exclude<RefundOutcome["kind"], "REFUND_ORDERED">, Text>> = {
  NOT_REFUNDABLE: {
    en: "Nothing of this payment can be refunded.",
    ar: "لا يمكن رد أي مبلغ من هذه الدفعة.",
  },
  NOT_POSTED_YET: {
    en: "The biller has not answered yet. Try again later.",
    ar: "لم يصل رد الجهة بعد. حاول لاحقاً.",
  },
  REFUNDABLE_CHANGED: {
    en: "Another amount is refundable now. Nothing was refunded.",
    ar: "تغيّر المبلغ القابل للرد، ولم يُرد شيء.",
  },
};

@Resolver(() => Payment)
export class RefundResolver {
  @Directive('@requiresScopes(scopes: [["payments:refund"]])')
  @Directive('@tag(name: "internal")')
  @Mutation(() => RefundResult, {
    nullable: true,
    description:
      "Gives money of a payment back, in full or in part, the way it came. For operators with the scope payments:refund; once per idempotency key, and never more than was taken.",
  })
  async refundPayment(
    @Arg("input", () => RefundPaymentInput, { description: "Which payment, and how much." })
    input: RefundPaymentInput,
    @Ctx() context: PaymentsContext,
  ): Promise<typeof RefundResult> {
    const { id: operatorId } = requireRefunding(context.principal);
    const { paymentId, amount, reason } = input;
    checkIdempotencyKey(input.idempotencyKey);
    if (amount <= 0n) throw badUserInput("`amount` must be above zero.");
    if (reason.length === 0 || reason.length > 200) {
      throw badUserInput("`reason` must have 1 to 200 characters.");
    }
    if (!isRecordId(paymentId)) throw badUserInput("`paymentId` must be the id of a payment.");
    const { db, settleDeps, loaders } = context;
    const { idempotencyKey, expectedRefundable } = input;
    const wanted = { paymentId, amount, expectedRefundable, reason };
    const request = { ...wanted, idempotencyKey, operatorId };
    const outcome = await refundOnce(db, request, settleDeps());
    if (outcome.kind !== "REFUND_ORDERED") {
      const refundable =
        outcome.kind === "REFUNDABLE_CHANGED"
          ? Money.of(outcome.refundable, outcome.currency)
          : null;
      return RefundRefused.of(outcome.kind, refusals[outcome.kind], refundable);
    }
    const [refund] = await refundsByIds(db, [outcome.refundId]);
    const payment = await loaders.payment.load(paymentId);
    if (!refund || !payment) throw new Error(`The refund ${outcome.refundId} has gone.`);
    return RefundOrdered.of(toRefund(refund), toPayment(payment));
  }

  @Directive("@authenticated")
  @Mutation(() => Payment, {
    nullable: true,
    description:
      "Gives up one of your payments by card that is not finished. It ends as CANCELLED when the provider has confirmed; one that is finished, or about to be captured, is left as it is. Null when there is none with this id.",
  })
  async cancelPayment(
    @Arg("id", () => ID, { description: "Id of the payment: `pay_…`." }) id: string,
    @Ctx() context: PaymentsContext,
  ): Promise<Payment | null> {
    requirePerson(context.principal);
    const payment = await ownPayment(id, context);
    if (!payment) return null;
    const { db, settleDeps, loaders } = context;
    await db.transaction().execute((tx) => closePayment(tx, id, "CANCELLED", settleDeps()));
    loaders.payment.clear(id);
    return ownPayment(id, context);
  }

  @FieldResolver(() => [Refund], { description: "What went back or is on its way, oldest first." })
  async refunds(
    @Root() { id }: Payment,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<readonly Refund[]> {
    return (await loaders.refunds.load(id)).map(toRefund);
  }

  @FieldResolver(() => Money, {
    description: "How much can still go back: what was taken, less refunds done and under way.",
  })
  async refundable(
    @Root() { id, captured }: Payment,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<Money> {
    const held = (await loaders.refunds.load(id)).filter(({ state }) => state !== "FAILED");
    const left = held.reduce((rest, { amount }) => rest - amount, captured.amount);
    return Money.of(left, captured.currency);
  }
}
