/** Records by id, for the person they belong to and for nobody else: for all others they do not exist. */
import { isRecordId, isSelf, maySeePaymentOf } from "./access.rules.ts";
import { type Bill, toBill } from "./bill.ts";
import type { PaymentsContext } from "./context.ts";
import { type Fine, toFine } from "./fine.ts";
import { type Payment, toPayment } from "./payment.ts";
import { type ServiceFee, toServiceFee } from "./service-fee.ts";

export async function ownBill(id: string, context: PaymentsContext): Promise<Bill | null> {
  if (!isRecordId(id)) return null;
  const row = await context.loaders.bill.load(id);
  return row && isSelf(context.principal, row.person_id) ? toBill(row) : null;
}

export async function ownFine(id: string, context: PaymentsContext): Promise<Fine | null> {
  if (!isRecordId(id)) return null;
  const row = await context.loaders.fine.load(id);
  const isOwn = row && isSelf(context.principal, row.person_id);
  return isOwn ? toFine(row, new Date(context.clock())) : null;
}

/** As an operator with the scope payments:read may see it too, to refund it. */
export async function visiblePayment(
  id: string,
  { loaders, principal }: PaymentsContext,
): Promise<Payment | null> {
  if (!isRecordId(id)) return null;
  const row = await loaders.payment.load(id);
  return row && maySeePaymentOf(principal, row.person_id) ? toPayment(row) : null;
}

export async function ownPayment(id: string, context: PaymentsContext): Promise<Payment | null> {
  if (!isRecordId(id)) return null;
  const row = await context.loaders.payment.load(id);
  return row && isSelf(context.principal, row.person_id) ? toPayment(row) : null;
}

export async function ownServiceFee(
  id: string,
  { loaders, principal }: PaymentsContext,
): Promise<ServiceFee | null> {
  if (!isRecordId(id)) return null;
  const row = await loaders.serviceFee.load(id);
  return row && isSelf(principal, row.person_id) ? toServiceFee(row) : null;
}
