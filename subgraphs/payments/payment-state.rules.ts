/**
 * The life of a payment and of its posting to the biller, as directed graphs whose edges name the
 * event. Pure. The database holds the same edges (migrations 0005 and 0006) and refuses all
 * others; a test compares the two. UNKNOWN is an outcome that nobody has told yet: only an answer of
 * the provider leads out of it, never a guess.
 */
const paymentEdges = {
  CREATED: {
    PAGE_OPENED: "ACTION_REQUIRED",
    PROVIDER_AUTHORISED: "AUTHORISED",
    PROVIDER_DECLINED: "DECLINED",
    PROVIDER_CANCELLED: "CANCELLED",
    PROVIDER_EXPIRED: "EXPIRED",
    PROVIDER_TIMED_OUT: "UNKNOWN",
    WALLET_DEBITED: "CAPTURED",
    WALLET_HELD: "AUTHORISED",
  },
  ACTION_REQUIRED: {
    PROVIDER_AUTHORISED: "AUTHORISED",
    PROVIDER_DECLINED: "DECLINED",
    PROVIDER_CANCELLED: "CANCELLED",
    PROVIDER_EXPIRED: "EXPIRED",
    PROVIDER_TIMED_OUT: "UNKNOWN",
  },
  AUTHORISED: {
    PROVIDER_CAPTURED: "CAPTURED",
    PROVIDER_CANCELLED: "CANCELLED",
    PROVIDER_EXPIRED: "EXPIRED",
    PROVIDER_TIMED_OUT: "UNKNOWN",
    HOLD_CAPTURED: "CAPTURED",
    HOLD_RELEASED: "CANCELLED",
    HOLD_EXPIRED: "EXPIRED",
  },
  UNKNOWN: {
    PAGE_OPENED: "ACTION_REQUIRED",
    PROVIDER_AUTHORISED: "AUTHORISED",
    PROVIDER_CAPTURED: "CAPTURED",
    PROVIDER_DECLINED: "DECLINED",
    PROVIDER_CANCELLED: "CANCELLED",
    PROVIDER_EXPIRED: "EXPIRED",
  },
  CAPTURED: { REFUNDED_IN_PART: "PARTLY_REFUNDED", REFUNDED_IN_FULL: "REFUNDED" },
  PARTLY_REFUNDED: { REFUNDED_IN_PART: "PARTLY_REFUNDED", REFUNDED_IN_FULL: "REFUNDED" },
  DECLINED: {},
  CANCELLED: {},
  EXPIRED: {},
  REFUNDED: {},
} as const;

const postingEdges = {
  PENDING: {
    BILLER_POSTED: "POSTED",
    BILLER_REJECTED: "REJECTED",
    BILLER_TIMED_OUT: "UNKNOWN",
  },
  UNKNOWN: { BILLER_POSTED: "POSTED", BILLER_REJECTED: "REJECTED" },
  POSTED: {},
  REJECTED: {},
} as const;

export type PaymentState = keyof typeof paymentEdges;
export type PostingState = keyof typeof postingEdges;
type Events<Graph> = { [State in keyof Graph]: keyof Graph[State] }[keyof Graph];
export type PaymentEvent = Events<typeof paymentEdges>;
export type PostingEvent = Events<typeof postingEdges>;

export type Edge<State, Event> = {
  readonly from: State;
  readonly event: Event;
  readonly to: State;
};

const flatten = <State extends string, Event extends string>(
  graph: Readonly<Record<State, Readonly<Partial<Record<Event, State>>>>>,
): readonly Edge<State, Event>[] =>
  (Object.keys(graph) as State[]).flatMap((from) =>
    (Object.entries(graph[from]) as [Event, State][]).map(([event, to]) => ({ from, event, to })),
  );

export const allPaymentEdges = flatten<PaymentState, PaymentEvent>(paymentEdges);
export const allPostingEdges = flatten<PostingState, PostingEvent>(postingEdges);
export const paymentStateNames = Object.keys(paymentEdges) as readonly PaymentState[];

/** Where an event leads from a state; undefined when it cannot happen there. */
export const stateAfter = (state: PaymentState, event: PaymentEvent): PaymentState | undefined =>
  (paymentEdges[state] as Partial<Record<PaymentEvent, PaymentState>>)[event];

/** @throws Error when the event cannot happen in the state. */
export function nextState(state: PaymentState, event: PaymentEvent): PaymentState {
  const next = stateAfter(state, event);
  if (!next) throw new Error(`A payment that is ${state} cannot become anything by ${event}.`);
  return next;
}

/** @throws Error when the event cannot happen in the state. */
export function nextPostingState(state: PostingState, event: PostingEvent): PostingState {
  const next = (postingEdges[state] as Partial<Record<PostingEvent, PostingState>>)[event];
  if (!next) throw new Error(`A posting that is ${state} cannot become anything by ${event}.`);
  return next;
}

/** Nothing more will happen to it, refunds aside. */
export const isSettled = (state: PaymentState): boolean =>
  !["CREATED", "ACTION_REQUIRED", "AUTHORISED", "UNKNOWN"].includes(state);

/** Holds its item, so that nothing else can pay it meanwhile. Money that went back holds nothing. */
export const holdsItem = (state: PaymentState): boolean =>
  !["DECLINED", "CANCELLED", "EXPIRED", "REFUNDED"].includes(state);
