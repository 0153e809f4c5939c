/**
 * A payment as the sandbox provider keeps it, and what may be done with it. Pure: each step takes the
 * payment and gives the next one (its version one higher), the same one when there is nothing to do, or
 * a refusal. A reference is used once: giving up one that never arrived keeps it from arriving.
 */
export type Status =
  | "requires_action"
  | "authorised"
  | "captured"
  | "declined"
  | "cancelled"
  | "expired";

export type Refund = {
  readonly reference: string;
  readonly amount: bigint;
  readonly status: "succeeded" | "failed";
  readonly at: string;
};

export type SandboxPayment = {
  readonly reference: string;
  readonly version: number;
  readonly status: Status;
  readonly amount: bigint;
  readonly currency: string;
  readonly authorised: bigint;
  readonly captured: bigint;
  readonly capturedAt: string | null;
  readonly pageToken: string;
  readonly card: { readonly brand: string; readonly last4: string } | null;
  /** Which test card it is, by its token. */
  readonly behaviour: string | null;
  readonly declineReason: string | null;
  readonly refunds: readonly Refund[];
  readonly expiresAt: string | null;
};

export type Step = SandboxPayment | { readonly refused: string };

const next = (payment: SandboxPayment, change: Partial<SandboxPayment>): SandboxPayment => ({
  ...payment,
  ...change,
  version: payment.version + 1,
});

export const newPayment = (
  given: Pick<SandboxPayment, "reference" | "amount" | "currency" | "expiresAt" | "pageToken">,
): SandboxPayment => ({
  ...given,
  version: 1,
  status: "requires_action",
  authorised: 0n,
  captured: 0n,
  capturedAt: null,
  card: null,
  behaviour: null,
  declineReason: null,
  refunds: [],
});

export const authorise = (payment: SandboxPayment): Step =>
  payment.status === "requires_action"
    ? next(payment, { status: "authorised", authorised: payment.amount })
    : { refused: `payment_${payment.status}` };

export const decline = (payment: SandboxPayment, declineReason: string): Step =>
  payment.status === "requires_action"
    ? next(payment, { status: "declined", declineReason })
    : { refused: `payment_${payment.status}` };

export function capture(payment: SandboxPayment, amount: bigint, at: string): Step {
  if (payment.status === "captured" && payment.captured === amount) return payment;
  if (payment.status !== "authorised") return { refused: `payment_${payment.status}` };
  if (amount <= 0n || amount > payment.authorised) return { refused: "amount_out_of_range" };
  return next(payment, { status: "captured", captured: amount, capturedAt: at });
}

export const cancel = (payment: SandboxPayment): Step =>
  payment.status === "requires_action" || payment.status === "authorised"
    ? next(payment, { status: "cancelled" })
    : payment;

export const expire = (payment: SandboxPayment): SandboxPayment =>
  next(payment, { status: "expired" });

export const refundedOf = ({ refunds }: SandboxPayment): bigint =>
  refunds.reduce((sum, { amount, status }) => (status === "succeeded" ? sum + amount : sum), 0n);

export function refund(
  payment: SandboxPayment,
  given: { readonly reference: string; readonly amount: bigint; readonly at: string },
  fails: boolean,
): Step {
  if (payment.refunds.some(({ reference }) => reference === given.reference)) return payment;
  const left = payment.captured - refundedOf(payment);
  const status = fails || given.amount <= 0n || given.amount > left ? "failed" : "succeeded";
  return next(payment, { refunds: [...payment.refunds, { ...given, status }] });
}

/** The provider's fee on a captured amount: 1 %, rounded half up. */
export const feeOf = (captured: bigint): bigint => (captured + 50n) / 100n;

/** What is told in answers and webhooks. @param pages where the hosted pages are. */
export const viewOf = (payment: SandboxPayment, pages: string): object => ({
  reference: payment.reference,
  version: payment.version,
  status: payment.status,
  amount: `${payment.amount}`,
  currency: payment.currency,
  authorised_amount: `${payment.authorised}`,
  captured_amount: `${payment.captured}`,
  page_url: payment.status === "requires_action" ? `${pages}/pay/${payment.pageToken}` : null,
  card: payment.card,
  decline_reason: payment.declineReason,
  refunds: payment.refunds.map(({ reference, amount, status }) => ({
    reference,
    amount: `${amount}`,
    status,
  })),
});
