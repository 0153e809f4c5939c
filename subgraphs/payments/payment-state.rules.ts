/**
 * The life of a payment as a directed graph whose edges name the event. Wallet payments are made and
 * captured in one database transaction, so nobody ever sees CREATED.
 */
export type PaymentEvent = "WALLET_DEBITED";

const transitions = {
  CREATED: { WALLET_DEBITED: "CAPTURED" },
  CAPTURED: {},
} as const satisfies Record<string, Partial<Record<PaymentEvent, string>>>;

export type InternalPaymentState = keyof typeof transitions;

/** @throws Error when the event cannot happen in the state. */
export function nextState(state: InternalPaymentState, event: PaymentEvent): InternalPaymentState {
  const edges: Partial<Record<PaymentEvent, InternalPaymentState>> = transitions[state];
  const next = edges[event];
  if (!next) throw new Error(`A payment that is ${state} cannot become anything by ${event}.`);
  return next;
}
