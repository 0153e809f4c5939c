/** Splitting a bill into instalments, and a bill's place in such a plan. */
import {
  Arg,
  createUnionType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from "type-graphql";
import { personalData } from "../kit/personal-data.ts";
import { badUserInput, requirePerson } from "../kit/errors.ts";
import { MinorUnits } from "../kit/scalars.ts";
import { Bill, toBill } from "./bill.ts";
import type { PaymentsContext } from "./context.ts";
import { checkIdempotencyKey } from "./idempotency.rules.ts";
import { mostParts } from "./instalment.rules.ts";
import { splitBillOnce } from "./instalment.ts";
import { ownBill } from "./own.ts";
import { AlreadyPaid, AmountChanged, NotPayable, PaymentUnderWay } from "./pay-result.ts";
import { tell } from "./pay.resolver.ts";

@InputType({ description: "Which bill to split, and into how many parts." })
class SplitBillInput {
  @Field(() => ID, { description: "Id of the bill: `bill_…`." })
  billId!: string;

  @Field(() => Int, { description: "How many instalments: 2 to the bill's `mostInstalments`." })
  parts!: number;

  @Field(() => MinorUnits, {
    description: "The bill's `amountDue.amount` that the person saw and agreed to.",
  })
  expectedAmount!: bigint;

  @Field(() => String, {
    description: "A key of your choice for this one attempt, as for payments.",
  })
  idempotencyKey!: string;
}

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@ObjectType({ description: "The bill is paid in instalments from now on." })
export class BillSplit {
  @Field(() => Bill, { description: "The bill; pay its `instalments` one by one." })
  bill!: Bill;
}

export const SplitBillResult = createUnionType({
  name: "SplitBillResult",
  description: "What splitting a bill came to: `BillSplit`, or a `Refusal`.",
  types: () => [BillSplit, AmountChanged, AlreadyPaid, PaymentUnderWay, NotPayable] as const,
});

@Directive("@cacheControl(maxAge: 0, scope: PRIVATE)")
@personalData("FINANCIAL", "To show what is to be paid, and to take it")
@ObjectType({ description: "Which instalment of a bill a part is." })
export class Instalment {
  @Field(() => Int, { description: "Its number, from 1." })
  number!: number;

  @Field(() => Int, { description: "How many there are." })
  count!: number;

  @Field(() => Bill, { nullable: true, description: "The bill that was split." })
  of!: Bill | null;
}

@Resolver(() => Bill)
export class InstalmentResolver {
  @Directive("@authenticated")
  @Mutation(() => SplitBillResult, {
    nullable: true,
    description:
      "Agrees to pay one of your bills in equal monthly instalments without interest, exactly once per idempotency key. Each is a bill of its own from then on; the whole can no longer be paid at once.",
  })
  async splitBill(
    @Arg("input", () => SplitBillInput, { description: "Which bill, into how many parts." })
    input: SplitBillInput,
    @Ctx() context: PaymentsContext,
  ): Promise<typeof SplitBillResult> {
    const { id: personId } = requirePerson(context.principal);
    checkIdempotencyKey(input.idempotencyKey);
    if (input.parts < 2 || input.parts > mostParts) {
      throw badUserInput(`\`parts\` must be from 2 to ${mostParts}, not ${input.parts}.`);
    }
    const { billId, parts, expectedAmount, idempotencyKey } = input;
    const request = { personId, billId, parts, expectedAmount, idempotencyKey };
    const outcome = await splitBillOnce(context.db, request, context.settleDeps());
    if (outcome.kind !== "SPLIT") {
      return (await tell(outcome, context)) as typeof SplitBillResult;
    }
    const bill = await ownBill(outcome.billId, context);
    if (!bill) throw new Error(`The bill ${outcome.billId} has gone.`);
    return Object.assign(new BillSplit(), { bill });
  }

  @FieldResolver(() => [Bill], {
    description: "The parts of a bill that is IN_INSTALMENTS, in their order; none for others.",
  })
  async instalments(
    @Root() { id }: Bill,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<readonly Bill[]> {
    return (await loaders.instalmentsOfBill.load(id)).map(toBill);
  }

  @FieldResolver(() => Instalment, {
    nullable: true,
    description: "Which part of a bill this is; null for a bill that is whole.",
  })
  async instalment(
    @Root() { part }: Bill,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<Instalment | null> {
    if (!part) return null;
    const whole = await loaders.bill.load(part.parentId);
    return Object.assign(new Instalment(), { ...part, of: whole && toBill(whole) });
  }
}
