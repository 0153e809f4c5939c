/**
 * Makes the calls of the outbox: claims those that are due, asks the provider or the biller, and commits
 * what came of it. A call that is made again asks first what became of the one before (a crash or a
 * time-out may have hidden its answer) and repeats it under the same idempotency key only if it had no effect.
 */
import type { Kysely } from "kysely";
import type { Log } from "../../platform/log.ts";
import type { BillerSystems } from "./biller-system.ts";
import { followProvider } from "./follow.ts";
import { claimCalls, type DueCall, finishCall, postponeCall } from "./outbox.store.ts";
import { stateAfter } from "./payment-state.rules.ts";
import { addTransition, lockPayment } from "./payment.store.ts";
import { billerPaymentOf, followBiller } from "./posting.ts";
import type { Provider, ProviderAnswer } from "./provider.ts";
import type { ProviderView } from "./provider.rules.ts";
import type { SettleDeps } from "./settle.ts";
import type { Tables } from "./tables.ts";

export type OutboxDeps = {
  readonly db: Kysely<Tables>;
  readonly provider: Provider | undefined;
  readonly billers: BillerSystems;
  readonly settleDeps: () => SettleDeps;
  readonly log: Log;
  /** For how long a claimed call is nobody else's: longer than its few requests can take. */
  readonly leaseMs: number;
};

const firstPauseMs = 200;
const longestPauseMs = 60_000;

/** Doubles from 0.2 s up to a minute. @param attempts made so far, 1 or more. */
export const pauseAfterMs = (attempts: number): number =>
  Math.min(firstPauseMs * 2 ** Math.min(attempts - 1, 20), longestPauseMs);

/** Whether a view shows that the call has had its effect, or never can. */
function isAnswered(call: DueCall, view: ProviderView): boolean {
  switch (call.kind) {
    case "CREATE":
      return true;
    case "CAPTURE":
      return view.status !== "authorised";
    case "CANCEL":
      return view.status !== "authorised" && view.status !== "requires_action";
    case "REFUND":
      return view.refunds.some(({ reference }) => reference === call.refund_id);
    default:
      return false;
  }
}

export function createOutbox({ db, provider, billers, settleDeps, log, leaseMs }: OutboxDeps) {
  async function order(call: DueCall, to: Provider): Promise<ProviderAnswer> {
    const { id, kind, payment_id: reference, amount } = call;
    if (kind === "CAPTURE") return to.capture(id, reference, amount ?? 0n);
    if (kind === "CANCEL") return to.cancel(id, reference);
    if (kind === "REFUND") {
      return to.refund(id, reference, { id: call.refund_id ?? "", amount: amount ?? 0n });
    }
    const payment = await db
      .selectFrom("payment")
      .select(["currency", "card_token as token", "expires_at as expiresAt"])
      .where("id", "=", reference)
      .executeTakeFirstOrThrow();
    return to.create(id, { reference, amount: amount ?? 0n, ...payment });
  }

  async function ask(call: DueCall, to: Provider): Promise<ProviderAnswer> {
    if (call.attempts > 1) {
      const told = await to.inquire(call.payment_id);
      if (told.kind === "UNKNOWN" || told.kind === "NOT_SENT") return told;
      if (told.kind === "VIEW" && isAnswered(call, told.view)) return told;
    }
    const answer = await order(call, to);
    // A refusal for good has a reason that the provider's view of the payment shows.
    return answer.kind === "REFUSED" ? to.inquire(call.payment_id) : answer;
  }

  const seenVersion = async (id: string): Promise<bigint> => {
    const query = db.selectFrom("payment").select("provider_version as version");
    return (await query.where("id", "=", id).executeTakeFirstOrThrow()).version;
  };

  /** Unless a webhook has told something while we waited. */
  async function markUnknown(call: DueCall, seen: bigint): Promise<void> {
    if (call.kind === "REFUND") return;
    await db.transaction().execute(async (tx) => {
      const payment = await lockPayment(tx, call.payment_id);
      if (payment?.provider_version !== seen) return;
      if (!stateAfter(payment.state, "PROVIDER_TIMED_OUT")) return;
      const { id: paymentId, state: from, version } = payment;
      const at = settleDeps().now;
      const cause = { event: "PROVIDER_TIMED_OUT", actor: "clock", at } as const;
      await addTransition(tx, { paymentId, from, version, ...cause });
    });
  }

  async function askProvider(call: DueCall): Promise<string | undefined> {
    if (!provider) return "There is no provider: set PROVIDER_URL.";
    const seen = await seenVersion(call.payment_id);
    const answer = await ask(call, provider);
    if (answer.kind === "VIEW") {
      const { view } = answer;
      const isDone = isAnswered(call, view);
      await db.transaction().execute(async (tx) => {
        await followProvider(tx, view, settleDeps());
        if (isDone) await finishCall(tx, call.id);
      });
      return isDone ? undefined : `The payment is ${view.status}, and the call had no effect.`;
    }
    if (answer.kind === "UNKNOWN") await markUnknown(call, seen);
    return "reason" in answer ? answer.reason : answer.kind;
  }

  async function askBiller(call: DueCall): Promise<string | undefined> {
    const { billerId, ...payment } = await billerPaymentOf(db, call.payment_id);
    const system = billers.get(billerId);
    if (!system) return `There is no system of ${billerId}: set BILLER_URLS.`;
    const answer = await system.post(payment);
    if (answer.kind === "NOT_SENT") return answer.reason;
    await db.transaction().execute(async (tx) => {
      await followBiller(tx, call.payment_id, answer, settleDeps());
      if (answer.kind !== "UNKNOWN") await finishCall(tx, call.id);
    });
    return answer.kind === "UNKNOWN" ? answer.reason : undefined;
  }

  async function make(call: DueCall): Promise<void> {
    let problem: string | undefined;
    try {
      problem = await (call.kind === "POST" ? askBiller(call) : askProvider(call));
    } catch (error) {
      log.error({ err: error, call: call.id, kind: call.kind }, "a call could not be settled");
      problem = (error as Error).message;
    }
    if (problem === undefined) return;
    const dueAt = new Date(settleDeps().now.getTime() + pauseAfterMs(call.attempts));
    await postponeCall(db, call.id, dueAt, problem);
  }

  /** Makes the calls that are due now, together. @returns how many there were. */
  return async function runOutbox(limit = 16): Promise<number> {
    const calls = await claimCalls(db, { now: settleDeps().now, leaseMs, limit });
    await Promise.all(calls.map(make));
    return calls.length;
  };
}
