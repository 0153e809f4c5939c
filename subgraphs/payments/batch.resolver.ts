/**
 * Paying several bills in one go: each settles or fails on its own. The batch's key is claimed with the
 * whole input first; then each bill is paid under that key and its place, so that a batch that broke off
 * in its middle goes on where it stopped when it is sent again.
 */
import {
  Arg,
  Ctx,
  Directive,
  Field,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Resolver,
} from "type-graphql";
import { badUserInput, requirePerson } from "../kit/errors.ts";
import { MinorUnits } from "../kit/scalars.ts";
import type { PaymentsContext } from "./context.ts";
import { checkIdempotencyKey } from "./idempotency.rules.ts";
import { doOnce } from "./idempotency.ts";
import { PayResult } from "./pay-result.ts";
import { meansOf, payItem, tell } from "./pay.resolver.ts";
import {
  type PaymentChannel,
  paymentChannels,
  type PaymentMethod,
  paymentMethods,
} from "./payment.ts";

const batchLimit = 20;

@InputType({ description: "One bill of several." })
class BillOfBatch {
  @Field(() => ID, { description: "Id of the bill: `bill_…`." })
  billId!: string;

  @Field(() => MinorUnits, { description: "The amount that the person saw and agreed to." })
  expectedAmount!: bigint;
}

@InputType({ description: "Several bills to pay, each on its own." })
class PayBillsInput {
  @Field(() => [BillOfBatch], { description: `The bills: 1 to ${batchLimit}, none of them twice.` })
  bills!: BillOfBatch[];

  @Field(() => String, {
    description:
      "A key of your choice for the whole batch, as for one payment. Sent again with the same input, what was done is told again and what is missing is done.",
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
      "For a card that the provider keeps: its token. Each bill is a payment of its own.",
  })
  cardToken?: string | null;
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "What paying one bill of a batch came to." })
class BatchEntry {
  @Field(() => ID, { description: "Id of the bill." })
  billId!: string;

  @Field(() => PayResult, { description: "What came of it." })
  result!: typeof PayResult;
}

@Resolver()
export class BatchResolver {
  @Directive("@authenticated")
  @Mutation(() => [BatchEntry], {
    nullable: true,
    description:
      "Pays several of your bills in one go, in their order. Each settles or fails on its own; the result says which, in the same order.",
  })
  async payBills(
    @Arg("input", () => PayBillsInput, { description: "Which bills, and what was agreed to." })
    { bills, idempotencyKey, channel, method, cardToken = null }: PayBillsInput,
    @Ctx() context: PaymentsContext,
  ): Promise<readonly BatchEntry[]> {
    const { id: principalId } = requirePerson(context.principal);
    checkIdempotencyKey(idempotencyKey);
    const ids = new Set(bills.map(({ billId }) => billId));
    if (bills.length === 0 || bills.length > batchLimit || ids.size !== bills.length) {
      throw badUserInput(`\`bills\` must be 1 to ${batchLimit} different bills.`);
    }
    meansOf({ method, cardToken }, context);
    const asked = bills
      .map(({ billId, expectedAmount }) => `${billId} ${expectedAmount}`)
      .join("\n");
    const input = { asked, channel, method, token: cardToken ?? "" };
    const whole = { principalId, operation: "payBills", key: idempotencyKey, input };
    await doOnce(context.db, whole, context.settleDeps().now, async () => ({ kind: "BEGUN" }));
    const entries: BatchEntry[] = [];
    for (const [place, { billId, expectedAmount }] of bills.entries()) {
      const one = { operation: `payBills/${place}`, kind: "BILL", itemId: billId } as const;
      const how = { expectedAmount, idempotencyKey, channel, method, cardToken };
      const result = await tell(await payItem(one, how, context), context);
      entries.push(Object.assign(new BatchEntry(), { billId, result }));
    }
    return entries;
  }
}
