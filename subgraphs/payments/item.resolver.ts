/** What bills, fines, fills and fees have in common: the payable, and for some the lines. */
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { Bill } from "./bill.ts";
import { ChargeLine, toChargeLine } from "./charge-line.ts";
import type { PaymentsContext } from "./context.ts";
import { Fine } from "./fine.ts";
import { FuelFill } from "./fuel-fill.ts";
import { toLine } from "./item.store.ts";
import { Payable, toPayable } from "./payable.ts";
import { ServiceFee } from "./service-fee.ts";

type Context = PaymentsContext;
const whatWasPaid = { description: "What kind of thing is paid, and how it is named." };

async function payableOf(item: { payableId: string }, { loaders }: Context): Promise<Payable> {
  const row = await loaders.payable.load(item.payableId);
  if (!row) throw new Error(`The payable ${item.payableId} has gone.`);
  return toPayable(row);
}

async function linesOf(
  item: { readonly id: string; readonly total: { readonly currency: string } },
  { loaders }: Context,
): Promise<readonly ChargeLine[]> {
  const rows = await loaders.itemLines.load(item.id);
  return rows.map((row) => toChargeLine(toLine(row), item.total.currency));
}

@Resolver(() => Bill)
export class BillItemResolver {
  @FieldResolver(() => Payable, whatWasPaid)
  payable(@Root() bill: Bill, @Ctx() context: Context): Promise<Payable> {
    return payableOf(bill, context);
  }

  @FieldResolver(() => [ChargeLine], { description: "What the total is made of." })
  lines(@Root() bill: Bill, @Ctx() context: Context): Promise<readonly ChargeLine[]> {
    return linesOf(bill, context);
  }
}

@Resolver(() => Fine)
export class FineItemResolver {
  @FieldResolver(() => Payable, whatWasPaid)
  payable(@Root() fine: Fine, @Ctx() context: Context): Promise<Payable> {
    return payableOf(fine, context);
  }
}

@Resolver(() => FuelFill)
export class FuelFillItemResolver {
  @FieldResolver(() => Payable, whatWasPaid)
  payable(@Root() fill: FuelFill, @Ctx() context: Context): Promise<Payable> {
    return payableOf(fill, context);
  }
}

@Resolver(() => ServiceFee)
export class ServiceFeeItemResolver {
  @FieldResolver(() => Payable, whatWasPaid)
  payable(@Root() fee: ServiceFee, @Ctx() context: Context): Promise<Payable> {
    return payableOf(fee, context);
  }

  @FieldResolver(() => [ChargeLine], {
    description: "The agency's fee, and the Knowledge and Innovation Dirham where they apply.",
  })
  lines(@Root() fee: ServiceFee, @Ctx() context: Context): Promise<readonly ChargeLine[]> {
    return linesOf(fee, context);
  }
}
