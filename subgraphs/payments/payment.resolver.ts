/** Bills, fines and payments by id; what a payment paid for, and its receipt. */
import { Arg, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { requirePrincipal } from "../kit/errors.ts";
import { isSelf } from "./access.rules.ts";
import { Bill, toBill } from "./bill.ts";
import { ChargeLine, toChargeLine } from "./charge-line.ts";
import type { PaymentsContext } from "./context.ts";
import { Fine, toFine } from "./fine.ts";
import { toFuelFill } from "./fuel-fill.ts";
import { toLine } from "./item.store.ts";
import { ownBill, ownFine, visiblePayment } from "./own.ts";
import { PaidItem, Payment } from "./payment.ts";
import { receiptPage } from "./receipt-page.ts";
import { Receipt, toReceipt, toReceiptPage } from "./receipt.ts";
import { toServiceFee } from "./service-fee.ts";

const byId = (what: string) => ({
  nullable: true,
  description: `One of your own ${what}; null when there is none with this id, or it is somebody else's.`,
});

@Resolver()
export class OwnRecordsResolver {
  @Directive("@authenticated")
  @Query(() => Bill, byId("bills"))
  bill(
    @Arg("id", () => ID, { description: "Id of the bill: `bill_…`." }) id: string,
    @Ctx() context: PaymentsContext,
  ): Promise<Bill | null> {
    requirePrincipal(context.principal);
    return ownBill(id, context);
  }

  @Directive("@authenticated")
  @Query(() => Fine, byId("fines"))
  fine(
    @Arg("id", () => ID, { description: "Id of the fine: `fine_…`." }) id: string,
    @Ctx() context: PaymentsContext,
  ): Promise<Fine | null> {
    requirePrincipal(context.principal);
    return ownFine(id, context);
  }

  @Directive("@authenticated")
  @Query(() => Payment, {
    nullable: true,
    description:
      "One of your own payments; null when there is none with this id, or it is somebody else's. Operators with the scope payments:read see everybody's, without what was paid for.",
  })
  payment(
    @Arg("id", () => ID, { description: "Id of the payment: `pay_…`." }) id: string,
    @Ctx() context: PaymentsContext,
  ): Promise<Payment | null> {
    requirePrincipal(context.principal);
    return visiblePayment(id, context);
  }
}

function found<Row>(row: Row | null, id: string): Row {
  if (row) return row;
  throw new Error(`${id} has gone, though it was paid.`);
}

@Resolver(() => Payment)
export class PaymentResolver {
  @FieldResolver(() => PaidItem, {
    nullable: true,
    description: "What was paid for; null for fuel that is not filled yet, and for operators.",
  })
  async paidFor(
    @Root() { itemId, itemKind, personId }: Payment,
    @Ctx() { loaders, clock, principal }: PaymentsContext,
  ): Promise<typeof PaidItem | null> {
    if (itemId === null || itemKind === null || !isSelf(principal, personId)) return null;
    switch (itemKind) {
      case "BILL":
        return toBill(found(await loaders.bill.load(itemId), itemId));
      case "FINE":
        return toFine(found(await loaders.fine.load(itemId), itemId), new Date(clock()));
      case "FUEL_FILL":
        return toFuelFill(found(await loaders.fuelFill.load(itemId), itemId));
      case "SERVICE_FEE":
        return toServiceFee(found(await loaders.serviceFee.load(itemId), itemId));
      default:
        throw new TypeError(`No such kind of item: ${String(itemKind satisfies never)}`);
    }
  }

  @FieldResolver(() => Receipt, {
    nullable: true,
    description: "The biller's receipt; null while nothing is taken.",
  })
  async receipt(
    @Root() { id }: Payment,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<Receipt | null> {
    const row = await loaders.receipt.load(id);
    return row && toReceipt(row);
  }
}

@Resolver(() => Receipt)
export class ReceiptResolver {
  @FieldResolver(() => [ChargeLine], {
    description: "What the total is made of, as it was when it was paid.",
  })
  async lines(
    @Root() { row, total }: Receipt,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<readonly ChargeLine[]> {
    const lines = await loaders.receiptLines.load(row.payment_id);
    return lines.map((line) => toChargeLine(toLine(line), total.currency));
  }

  @FieldResolver(() => String, {
    description:
      "The receipt as a page to print or to keep: a whole HTML document in both languages, without scripts and without anything from elsewhere.",
  })
  async html(@Root() receipt: Receipt, @Ctx() { loaders }: PaymentsContext): Promise<string> {
    const lines = await loaders.receiptLines.load(receipt.row.payment_id);
    return receiptPage(toReceiptPage(receipt, lines.map(toLine)));
  }
}
