/**
 * What a pump reports: how much was filled. Exactly that is captured, and the rest of what was authorised
 * is released: of a wallet at once, of a card by the provider. A session is reported once; the same report
 * again is the same report. With the payment's row locked, so that it never races with the session's expiry.
 */
import type { Kysely, Transaction } from "kysely";
import { closePayment } from "./expiry.ts";
import { fuelTotal } from "./fuel-fill.rules.ts";
import { markReported, sessionsByIds, type SessionRow } from "./fuel.store.ts";
import { addItem, linesOf, type NewFuelFill } from "./intake.store.ts";
import { queueCall } from "./outbox.store.ts";
import { lockPayment, type LockedPayment } from "./payment.store.ts";
import { type SettleDeps, takeMoney } from "./settle.ts";
import type { Tables } from "./tables.ts";

export type FuelReport = {
  /** The station's company; another one's sessions do not exist for it. */
  readonly agencyId: string;
  /** The payment's id. */
  readonly sessionId: string;
  /** Zero when nothing was filled. */
  readonly millilitres: number;
};

export const reportRefusals = {
  NO_SUCH_SESSION: "NO_SUCH_SESSION",
  NOT_AUTHORISED: "NOT_AUTHORISED",
  ALREADY_REPORTED: "ALREADY_REPORTED",
  OVER_LIMIT: "OVER_LIMIT",
} as const;
export type ReportRefusal = keyof typeof reportRefusals;

export type ReportOutcome =
  | { readonly kind: "REPORTED"; readonly total: bigint; readonly currency: string }
  | { readonly kind: "REFUSED"; readonly code: ReportRefusal };

const refused = (code: ReportRefusal): ReportOutcome => ({ kind: "REFUSED", code });

async function captureFill(
  tx: Transaction<Tables>,
  payment: LockedPayment,
  session: SessionRow,
  millilitres: number,
  deps: SettleDeps,
): Promise<void> {
  const { person_id: personId, currency, authorised_amount: held } = payment;
  const fill: NewFuelFill = {
    id: deps.newId("fill"),
    kind: "FUEL_FILL",
    personId,
    payableId: session.payable_id,
    billerId: session.biller_id,
    issuedAt: deps.now,
    currency,
    sample: session.sample,
    station: { en: session.name_en, ar: session.name_ar },
    pump: session.pump,
    grade: session.grade,
    millilitres,
    pricePerLitre: session.price_per_litre,
  };
  await addItem(tx, fill);
  await tx.updateTable("payment").set({ item_id: fill.id }).where("id", "=", payment.id).execute();
  const amount = fuelTotal(millilitres, session.price_per_litre);
  if (payment.method === "CARD") {
    const call = { id: deps.newId("call"), kind: "CAPTURE", paymentId: payment.id } as const;
    return queueCall(tx, { ...call, amount, at: deps.now });
  }
  const item = { id: fill.id, billerId: session.biller_id, currency };
  const source = { kind: "HOLD", personId, held } as const;
  const actor = `pump:${session.station_id}/${session.pump}`;
  await takeMoney(tx, { payment, source, item, lines: linesOf(fill), amount, actor }, deps);
}

async function take(
  tx: Transaction<Tables>,
  { agencyId, sessionId, millilitres }: FuelReport,
  deps: SettleDeps,
): Promise<ReportOutcome> {
  const payment = await lockPayment(tx, sessionId);
  const [session] = await sessionsByIds(tx, [sessionId]);
  if (!payment || session?.biller_id !== agencyId) return refused("NO_SUCH_SESSION");
  const { currency, state, closing, authorised_amount: authorised } = payment;
  const total = fuelTotal(millilitres, session.price_per_litre);
  if (session.reported_millilitres !== null) {
    const isRepeat = session.reported_millilitres === millilitres;
    return isRepeat ? { kind: "REPORTED", total, currency } : refused("ALREADY_REPORTED");
  }
  if (state !== "AUTHORISED" || closing) return refused("NOT_AUTHORISED");
  if (total > authorised) return refused("OVER_LIMIT");
  await markReported(tx, sessionId, millilitres, deps.now);
  if (total > 0n) await captureFill(tx, payment, session, millilitres, deps);
  else await closePayment(tx, sessionId, "CANCELLED", deps);
  return { kind: "REPORTED", total, currency };
}

export const reportFill = (
  db: Kysely<Tables>,
  report: FuelReport,
  deps: SettleDeps,
): Promise<ReportOutcome> => db.transaction().execute((tx) => take(tx, report, deps));
