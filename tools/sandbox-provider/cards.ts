/** The sandbox's test cards: what each does, its number for the hosted page, and its token for a kept card. */
export type Behaviour = {
  readonly token: string;
  readonly number: string;
  readonly does: string;
  readonly declines?: "card_declined" | "insufficient_funds";
  /** Asks for a code on a page of its own, as 3-D Secure does. */
  readonly challenges?: true;
  /** The provider does what it was asked, and its first answer to each request never comes. */
  readonly hangs?: true;
  readonly webhooks?: "TWICE" | "LATE" | "BEFORE_RESPONSE" | "NEVER";
  readonly refundsFail?: true;
};

export const testCards: readonly Behaviour[] = [
  { token: "tok_approve", number: "4242424242424242", does: "is approved" },
  {
    token: "tok_decline",
    number: "4000000000000002",
    does: "is declined",
    declines: "card_declined",
  },
  {
    token: "tok_insufficient_funds",
    number: "4000000000009995",
    does: "is declined: insufficient funds",
    declines: "insufficient_funds",
  },
  {
    token: "tok_challenge",
    number: "4000002500003155",
    does: "asks for the code 123456",
    challenges: true,
  },
  {
    token: "tok_timeout",
    number: "4000000000000119",
    does: "is approved, and neither answers nor webhooks come: only asking tells",
    hangs: true,
    webhooks: "NEVER",
  },
  {
    token: "tok_duplicate_webhook",
    number: "4000000000000341",
    does: "is approved, and each webhook comes twice",
    webhooks: "TWICE",
  },
  {
    token: "tok_late_webhook",
    number: "4000000000000259",
    does: "is approved, and webhooks come late and in the wrong order",
    webhooks: "LATE",
  },
  {
    token: "tok_webhook_first",
    number: "4000000000000069",
    does: "is approved, and webhooks come before the answer",
    webhooks: "BEFORE_RESPONSE",
  },
  {
    token: "tok_refund_fails",
    number: "4000000000005126",
    does: "is approved, and refunds of it fail",
    refundsFail: true,
  },
];

export const cardByToken = (token: string): Behaviour | undefined =>
  testCards.find((card) => card.token === token);

export const cardByNumber = (number: string): Behaviour | undefined =>
  testCards.find((card) => card.number === number.replaceAll(" ", ""));
