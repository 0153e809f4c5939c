/** The mutations that move money: arguments → pay.ts → what the client is told. */
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from "type-graphql";
import { uuidv7 } from "uuidv7";
import { requirePerson } from "../kit/errors.ts";
import { MinorUnits, Money } from "../kit/scalars.ts";
import type { PaymentsContext } from "./context.ts";
import { checkIdempotencyKey } from "./idempotency.rules.ts";
import * as messages from "./pay-messages.ts";
import {
  AlreadyPaid,
  AmountChanged,
  InsufficientBalance,
  NotPayable,
  PaymentMade,
  PayResult,
} from "./pay-result.ts";
import { payOnce, type PayRequest } from "./pay.ts";
import { type Payment, type PaymentChannel, paymentChannels, toPayment } from "./payment.ts";
import type { Outcome } from "./payment.rules.ts";

@InputType({ description: "What every payment input says." })
class PayInput {
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

async function paymentOf(id: string, { loaders }: PaymentsContext): Promise<Payment> {
  const row = await loaders.payment.load(id);
  if (!row) throw new Error(`The payment ${id} has gone.`);
  return toPayment(row);
}

async function tell(outcome: Outcome, context: PaymentsContext): Promise<typeof PayResult> {
  switch (outcome.kind) {
    case "PAYMENT_MADE": {
      const payment = await paymentOf(outcome.paymentId, context);
      const { amount, currency } = payment.amount;
      return PaymentMade.of(payment, messages.paymentMade(amount, currency));
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

const newId = (prefix: string): string => `${prefix}_${uuidv7()}`;

async function pay(
  asked: Asked,
  { expectedAmount, idempotencyKey, channel }: PayInput,
  context: PaymentsContext,
): Promise<typeof PayResult> {
  const { id: personId } = requirePerson(context.principal);
  checkIdempotencyKey(idempotencyKey);
  const request = { ...asked, personId, expectedAmount, idempotencyKey, channel };
  const outcome = await payOnce(context.db, request, { now: new Date(context.clock()), newId });
  return tell(outcome, context);
}

@Resolver()
export class PayResolver {
  @Directive("@authenticated")
  @Mutation(() => PayResult, {
    nullable: true,
    description:
      "Pays one of your bills from your wallet, exactly once per idempotency key. An unknown bill, or somebody else's, is NotPayable.",
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
      "Pays one of your fines from your wallet, with the discount that runs at this moment, exactly once per idempotency key. An unknown fine, or somebody else's, is NotPayable.",
  })
  payFine(
    @Arg("input", () => PayFineInput, { description: "Which fine, and what was agreed to." })
    input: PayFineInput,
    @Ctx() context: PaymentsContext,
  ): Promise<typeof PayResult> {
    return pay({ operation: "payFine", kind: "FINE", itemId: input.fineId }, input, context);
  }
}
