/**
 * What the provider tells of a payment, and what follows for ours. Every answer, webhook and inquiry
 * carries the whole payment with a version that only grows, so that order does not matter: an older view
 * is ignored, and a newer one tells everything that was missed. Pure.
 */
import type { PaymentEvent, PaymentState } from "./payment-state.rules.ts";
import { stateAfter } from "./payment-state.rules.ts";
import type { Closing, RefundState } from "./tables.ts";

export type ProviderStatus =
  | "requires_action"
  | "authorised"
  | "captured"
  | "declined"
  | "cancelled"
  | "expired";

export type ProviderRefund = {
  readonly reference: string;
  readonly amount: bigint;
  readonly status: "succeeded" | "failed";
};

/** The payment as the provider has it. `reference` is our payment's id. */
export type ProviderView = {
  readonly reference: string;
  readonly version: bigint;
  readonly status: ProviderStatus;
  /** Minor units. */
  readonly authorisedAmount: bigint;
  readonly capturedAmount: bigint;
  readonly pageUrl: string | null;
  readonly card: { readonly brand: string; readonly last4: string } | null;
  readonly declineReason: string | null;
  readonly refunds: readonly ProviderRefund[];
};

export type Known = {
  readonly state: PaymentState;
  readonly authorisedAmount: bigint;
  readonly closing: Closing | null;
};

const eventOf = (status: ProviderStatus, closing: Closing | null): PaymentEvent => {
  switch (status) {
    case "requires_action":
      return "PAGE_OPENED";
    case "authorised":
      return "PROVIDER_AUTHORISED";
    case "captured":
      return "PROVIDER_CAPTURED";
    case "declined":
      return "PROVIDER_DECLINED";
    case "cancelled":
      return closing === "EXPIRED" ? "PROVIDER_EXPIRED" : "PROVIDER_CANCELLED";
    case "expired":
      return "PROVIDER_EXPIRED";
    default:
      throw new TypeError(`No such status: ${String(status satisfies never)}`);
  }
};

/** The events that bring our state to the provider's, in order; none when it is there already. */
export function eventsTowards(known: Known, view: ProviderView): readonly PaymentEvent[] {
  const last = eventOf(view.status, known.closing);
  const wasMissed = view.status === "captured" && known.authorisedAmount === 0n;
  const path: readonly PaymentEvent[] = wasMissed ? ["PROVIDER_AUTHORISED", last] : [last];
  const taken: PaymentEvent[] = [];
  let state: PaymentState | undefined = known.state;
  for (const event of path) {
    state = stateAfter(state, event);
    if (!state) return taken;
    taken.push(event);
  }
  return taken;
}

export const refundStateOf = ({ status }: ProviderRefund): Exclude<RefundState, "PENDING"> =>
  status === "succeeded" ? "SUCCEEDED" : "FAILED";
