/**
 * Opening a pump: once per idempotency key. The pump's row is locked first, so that it belongs to one
 * payment at a time; then the limit is held of the wallet, or the card is asked to authorise it. Nothing is
 * captured before the pump has reported (fuel-report.ts); what never is, expires (expiry.ts).
 */
import type { Kysely, Transaction } from "kysely";
import { insertSession, lockPump, pricesAt, sessionAtPump } from "./fuel.store.ts";
import { holdWallet } from "./hold.ts";
import { doOnce } from "./idempotency.ts";
import { lockBalance } from "./ledger.store.ts";
import { queueCall } from "./outbox.store.ts";
import type { PayMeans } from "./pay.ts";
import type { Refusal } from "./payment.rules.ts";
import { insertPayment, lockPayment } from "./payment.store.ts";
import type { SettleDeps } from "./settle.ts";
import type { Tables } from "./tables.ts";

/** How long a pump stays open for somebody: filling takes a few minutes. */
export const fuelWithinMs = 20 * 60_000;

/** Minor units of AED. */
export const fuelLimits = { least: 10_00n, most: 1_000_00n } as const;

export type FuelRequest = {
  readonly personId: string;
  readonly idempotencyKey: string;
  readonly stationId: string;
  readonly pump: number;
  readonly grade: string;
  /** Minor units: the most that may be taken. */
  readonly limit: bigint;
  readonly channel: string;
  readonly means: PayMeans;
};

export type PumpProblem = "NO_SUCH_PUMP" | "NO_SUCH_GRADE" | "IN_USE";
export type FuelOutcome =
  | { readonly kind: "FUEL_STARTED"; readonly paymentId: string }
  | { readonly kind: "PUMP_UNAVAILABLE"; readonly problem: PumpProblem }
  | Extract<Refusal, { kind: "INSUFFICIENT_BALANCE" }>;

const unavailable = (problem: PumpProblem): FuelOutcome => ({ kind: "PUMP_UNAVAILABLE", problem });

async function open(
  tx: Transaction<Tables>,
  { personId, stationId, pump, grade, limit, channel, means }: FuelRequest,
  deps: SettleDeps,
): Promise<FuelOutcome> {
  const found = await lockPump(tx, stationId, pump);
  if (!found) return unavailable("NO_SUCH_PUMP");
  const price = (await pricesAt(tx, deps.now)).find((one) => one.grade === grade);
  if (!price || !found.grades.includes(grade)) return unavailable("NO_SUCH_GRADE");
  if (await sessionAtPump(tx, stationId, pump)) return unavailable("IN_USE");
  const { currency } = price;
  const isCard = means.method === "CARD";
  const balance = isCard ? limit : await lockBalance(tx, personId, currency);
  if (balance < limit) {
    return { kind: "INSUFFICIENT_BALANCE", balance, missing: limit - balance, currency };
  }
  const id = deps.newId("pay");
  await insertPayment(tx, {
    id,
    person_id: personId,
    item_id: null,
    amount: limit,
    currency,
    method: means.method,
    channel,
    capture: "ON_REPORT",
    created_at: deps.now,
    expires_at: new Date(deps.now.getTime() + fuelWithinMs),
    card_token: isCard ? means.token : null,
  });
  const session = { payment_id: id, station_id: stationId, pump, grade };
  await insertSession(tx, { ...session, price_per_litre: price.price });
  if (isCard) {
    const call = { id: deps.newId("call"), kind: "CREATE", paymentId: id } as const;
    await queueCall(tx, { ...call, amount: limit, at: deps.now });
  } else {
    const payment = await lockPayment(tx, id);
    if (payment) await holdWallet(tx, payment, limit, deps);
  }
  return { kind: "FUEL_STARTED", paymentId: id };
}

/** @throws GraphQLError IDEMPOTENCY_KEY_REUSED for a key that was used with other input. */
export function openPumpOnce(
  db: Kysely<Tables>,
  request: FuelRequest,
  deps: SettleDeps,
): Promise<FuelOutcome> {
  const { personId: principalId, idempotencyKey: key, means } = request;
  const { stationId, pump, grade, limit, channel } = request;
  const paidBy = means.method === "CARD" ? { method: "CARD", token: means.token ?? "" } : {};
  const input = { stationId, pump: `${pump}`, grade, limit, channel, ...paidBy };
  const once = { principalId, operation: "startFuel", key, input };
  return doOnce<FuelOutcome>(db, once, deps.now, (tx) => open(tx, request, deps));
}
