/** The mutations that move money: arguments → pay.ts → what the client is told. */
import { setTimeout as sleep } from "node:timers/promises";
import { GraphQLError } from "graphql";
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from "type-graphql";
import { badUserInput, requirePerson } from "../kit/errors.ts";
import { MinorUnits, Money } from "../kit/scalars.ts";
import type { PaymentsContext } from "./context.ts";
import { checkIdempotencyKey } from "./idempotency.rules.ts";
import { wasDone } from "./idempotency.ts";
import * as messages from "./pay-messages.ts";
import {
  AlreadyPaid,
  AmountChanged,
  InsufficientBalance,
  NotPayable,
  PaymentMade,
  PaymentStarted,
  PaymentUnderWay,
  PayResult,
} from "./pay-result.ts";
import { type PayMeans, payOnce, type PayRequest } from "./pay.ts";
import {
  type Payment,
  type PaymentChannel,
  paymentChannels,
  type PaymentMethod,
  paymentMethods,
  toPayment,
} from "./payment.ts";
import type { Outcome } from "./payment.rules.ts";
import { paymentsByIds } from "./payment.store.ts";
import { refreshBill } from "./presentment.ts";

@InputType({ description: "What every payment input says." })
export class PayInput {
  @Field(() => MinorUnits, {
    description:
      "The amount that the person saw and agreed to: `amountDue.amount`. If another one is due by now, nothing is paid and the new one is told.",
  })
  expectedAmount!: bigint;

  @Field(() => String, {
    description:
      "A key of your choice for this one attempt, 1 to 255 characters, best a random UUID. Repeat the request with the same key and input as often as you like, for example after a lost connection: it is done once, and every answer is the first one, be it a refusal. A new attempt needs a new key; the same key with other input is the error IDEMPOTENCY_KEY_REUSED.",
  })
  idempotencyKey!: string;

  @Field(() => paymentChannels, {
    defaultValue: paymentChannels.APP,
    description: "Where the person pays.",
  })
  channel!: PaymentChannel;

  @Field(() => paymentMethods, {
    defaultValue: paymentMethods.WALLET,
    description: "What to pay with.",
  })
  method!: PaymentMethod;

  @Field(() => String, {
    nullable: true,
    description:
      "For a card that the provider keeps: its token, `tok_…`. Left out, the person types the card into the provider's page. Never a card number.",
  })
  cardToken?: string | null;
}

@InputType({ description: "Which bill to pay, and what the person agreed to." })
class PayBillInput extends PayInput {
  @Field(() => ID, { description: "Id of the bill: `bill_…`." })
  billId!: string;
}

@InputType({ description: "Which fine to pay, and what the person agreed to." })
class PayFineInput extends PayInput {
  @Field(() => ID, { description: "Id of the fine: `fine_…`." })
  fineId!: string;
}

@InputType({ description: "Which fee of a government service to pay, and what was agreed to." })
class PayServiceFeeInput extends PayInput {
  @Field(() => ID, { description: "Id of the fee: `fee_…`." })
  feeId!: string;
}

async function paymentOf(id: string, { loaders }: PaymentsContext): Promise<Payment> {
  const row = await loaders.payment.load(id);
  if (!row) throw new Error(`The payment ${id} has gone.`);
  return toPayment(row);
}

const firstAnswerWithinMs = 3_000;
const lookEveryMs = 25;

/** Waits a little for the provider's first answer, so that most clients need not ask again. */
async function startedPayment(id: string, context: PaymentsContext): Promise<Payment> {
  for (let waitedMs = 0; waitedMs < firstAnswerWithinMs; waitedMs += lookEveryMs) {
    const [row] = await paymentsByIds(context.db, [id]);
    if (row && row.state !== "CREATED" && row.state !== "AUTHORISED") break;
    await sleep(lookEveryMs);
  }
  return paymentOf(id, context);
}

export async function tell(outcome: Outcome, context: PaymentsContext): Promise<typeof PayResult> {
  switch (outcome.kind) {
    case "PAYMENT_MADE": {
      const payment = await paymentOf(outcome.paymentId, context);
      const { amount, currency } = payment.amount;
      return PaymentMade.of(payment, messages.paymentMade(amount, currency));
    }
    case "PAYMENT_STARTED": {
      const payment = await startedPayment(outcome.paymentId, context);
      return PaymentStarted.of(payment, messages.paymentStarted);
    }
    case "PAYMENT_UNDER_WAY": {
      const payment = await paymentOf(outcome.paymentId, context);
      return PaymentUnderWay.of(payment, messages.paymentUnderWay);
    }
    case "ALREADY_PAID":
      return AlreadyPaid.of(await paymentOf(outcome.paymentId, context), messages.alreadyPaid);
    case "AMOUNT_CHANGED": {
      const { currentAmount, currency } = outcome;
      const message = messages.amountChanged(currentAmount, currency);
      return AmountChanged.of(Money.of(currentAmount, currency), message);
    }
    case "INSUFFICIENT_BALANCE": {
      const { balance, missing, currency } = outcome;
      const message = messages.insufficientBalance(missing, currency);
      return InsufficientBalance.of(
        Money.of(balance, currency),
        Money.of(missing, currency),
        message,
      );
    }
    case "NOT_PAYABLE":
      return NotPayable.of(messages.notPayable[outcome.reason]);
    default:
      throw new TypeError(`No such outcome: ${String(outcome satisfies never)}`);
  }
}

type Asked = Pick<PayRequest, "operation" | "kind" | "itemId">;

/** A token is no card number: 12 digits in a row are taken for one, and never stored. */
export function meansOf(
  { method, cardToken }: Pick<PayInput, "method" | "cardToken">,
  { hasCards }: PaymentsContext,
): PayMeans {
  if (method === "WALLET") {
    if (cardToken) throw badUserInput("`cardToken` goes with `method: CARD`: leave it out.");
    return { method };
  }
  if (!hasCards) {
    throw new GraphQLError("Cards cannot be taken here: pay from the wallet.", {
      extensions: { code: "CARDS_UNAVAILABLE" },
    });
  }
  if (cardToken && (!/^tok_[A-Za-z0-9_]{1,60}$/.test(cardToken) || /\d{12}/.test(cardToken))) {
    throw badUserInput("`cardToken` must be a token of the provider, `tok_…`, and no card number.");
  }
  return { method, token: cardToken ?? null };
}

export async function payItem(
  asked: Asked,
  input: PayInput,
  context: PaymentsContext,
): Promise<Outcome> {
  const { expectedAmount, idempotencyKey: key, channel } = input;
  const { id: personId } = requirePerson(context.principal);
  checkIdempotencyKey(key);
  const means = meansOf(input, context);
  const { db, billers, settleDeps } = context;
  const { operation, itemId } = asked;
  if (billers.size > 0 && !(await wasDone(db, { principalId: personId, operation, key }))) {
    await refreshBill(db, billers, itemId);
  }
  const request = { ...asked, personId, expectedAmount, idempotencyKey: key, channel, means };
  return payOnce(db, request, settleDeps());
}

const pay = async (asked: Asked, input: PayInput, context: PaymentsContext) =>
  tell(await payItem(asked, input, context), context);

@Resolver()
export class PayResolver {
  @Directive("@authenticated")
  @Mutation(() => PayResult, {
    nullable: true,
    description:
      "Pays one of your bills, from your wallet or by card, exactly once per idempotency key. An unknown bill, or somebody else's, is NotPayable.",
  })
  payBill(
    @Arg("input", () => PayBillInput, { description: "Which bill, and what was agreed to." })
    input: PayBillInput,
    @Ctx() context: PaymentsContext,
  ): Promise<typeof PayResult> {
    return pay({ operation: "payBill", kind: "BILL", itemId: input.billId }, input, context);
  }

  @Directive("@authenticated")
  @Mutation(() => PayResult, {
    nullable: true,
    description:
      "Pays the fee of a government service that you asked for, with the Knowledge and Innovation Dirham where they apply, exactly once per idempotency key. An unknown fee, or somebody else's, is NotPayable.",
  })
  payServiceFee(
    @Arg("input", () => PayServiceFeeInput, { description: "Which fee, and what was agreed to." })
    input: PayServiceFeeInput,
    @Ctx() context: PaymentsContext,
  ): Promise<typeof PayResult> {
    const asked = { operation: "payServiceFee", kind: "SERVICE_FEE", itemId: input.feeId } as const;
    return pay(asked, input, context);
  }

  @Directive("@authenticated")
  @Mutation(() => PayResult, {
    nullable: true,
    description:
      "Pays one of your fines, from your wallet or by card, with the discount that runs at this moment, exactly once per idempotency key. An unknown fine, or somebody else's, is NotPayable.",
  })
  payFine(
    @Arg("input", () => PayFineInput, { description: "Which fine, and what was agreed to." })
    input: PayFineInput,
    @Ctx() context: PaymentsContext,
  ): Promise<typeof PayResult> {
    return pay({ operation: "payFine", kind: "FINE", itemId: input.fineId }, input, context);
  }
}
