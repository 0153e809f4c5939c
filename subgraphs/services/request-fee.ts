/**
 * The fee of a request. The agency charges it in the payments subgraph with the request's id as its reference,
 * so the fee's id is known here; that it is paid is told by payments' events, or by the agency itself. It is
 * recorded once, and moves the request on as soon as the fee is due.
 */
import { insertFeePayment, type RequestFeePaymentRow } from "./request-history.store.ts";
import { done, type RequestDeps, type RequestOutcome, takeStep, type Tx } from "./request-step.ts";
import { lockRequestOfAgency, type ServiceRequestRow } from "./service-request.store.ts";

/** As payments makes it of an agency and its reference. */
export const feeIdOf = (agencyId: string, requestId: string): string =>
  `fee_${agencyId}_${requestId}`;

/** `fee_gdrfa_req_…` → agency and request; undefined for a fee of anything else. */
export function requestOfFee(
  feeId: string,
): { readonly agencyId: string; readonly requestId: string } | undefined {
  const parts = /^fee_([a-z][a-z0-9-]*)_(req_[0-9a-f-]+)$/.exec(feeId);
  return parts ? { agencyId: parts[1]!, requestId: parts[2]! } : undefined;
}

/** Records that it is paid, and moves the locked request on when the fee is due. */
export async function settleFee(
  tx: Tx,
  row: ServiceRequestRow,
  paid: RequestFeePaymentRow,
  deps: Pick<RequestDeps, "now" | "calendar">,
  agencyActorId?: string,
): Promise<RequestOutcome> {
  await insertFeePayment(tx, paid);
  if (row.status !== "FEE_DUE") return done(row);
  const by =
    paid.told_by === "PAYMENTS"
      ? ({ actor: "PAYMENTS", actorId: paid.payment_id ?? "payments" } as const)
      : ({ actor: "AGENCY", actorId: agencyActorId ?? `agency-${row.agency_id}` } as const);
  return takeStep(tx, row, { event: "FEE_PAID", ...by }, deps);
}

export type PaidFee = {
  readonly feeId: string;
  readonly paymentId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly at: Date;
};

/** What payments tells; a fee that belongs to no request is not our concern. */
export async function followPaidFee(
  tx: Tx,
  { feeId, paymentId, amount, currency, at }: PaidFee,
  deps: Pick<RequestDeps, "now" | "calendar">,
): Promise<void> {
  const of = requestOfFee(feeId);
  const row = of && (await lockRequestOfAgency(tx, of.agencyId, of.requestId));
  if (!row) return;
  const paid = {
    request_id: row.id,
    payment_id: paymentId,
    amount,
    currency,
    told_by: "PAYMENTS",
    paid_at: at,
  } as const;
  await settleFee(tx, row, paid, deps);
}
