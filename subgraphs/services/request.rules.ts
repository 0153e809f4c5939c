/**
 * The life of a service request: who can move it from where to where. The database holds the same edges
 * (migrations/0020-request-life.ts) and takes no others; a test compares the two.
 */

export const requestStatuses = [
  "DRAFT",
  "SUBMITTED",
  "ASSIGNED",
  "IN_REVIEW",
  "INFORMATION_REQUESTED",
  "FEE_DUE",
  "APPROVED",
  "COMPLETED",
  "REJECTED",
  "WITHDRAWN",
  "LAPSED",
  "DISCARDED",
] as const;
export type RequestStatus = (typeof requestStatuses)[number];

/** `PAYMENTS` is the payments subgraph, which tells that a fee is paid. */
export const requestActorKinds = ["PERSON", "AGENCY", "PAYMENTS"] as const;
export type RequestActorKind = (typeof requestActorKinds)[number];

type Edge = {
  readonly from: readonly RequestStatus[];
  readonly to: RequestStatus;
  readonly by: readonly RequestActorKind[];
};

export const requestEdges = {
  SUBMIT: { from: ["DRAFT"], to: "SUBMITTED", by: ["PERSON"] },
  DISCARD: { from: ["DRAFT"], to: "DISCARDED", by: ["PERSON"] },
  ASSIGN: { from: ["SUBMITTED", "ASSIGNED", "IN_REVIEW"], to: "ASSIGNED", by: ["AGENCY"] },
  START_REVIEW: { from: ["ASSIGNED"], to: "IN_REVIEW", by: ["AGENCY"] },
  REQUEST_INFORMATION: { from: ["IN_REVIEW"], to: "INFORMATION_REQUESTED", by: ["AGENCY"] },
  ANSWER: { from: ["INFORMATION_REQUESTED"], to: "IN_REVIEW", by: ["PERSON"] },
  APPROVE: { from: ["IN_REVIEW"], to: "APPROVED", by: ["AGENCY"] },
  APPROVE_WITH_FEE: { from: ["IN_REVIEW"], to: "FEE_DUE", by: ["AGENCY"] },
  // The agency itself may say that it was paid, for example at its counter.
  FEE_PAID: { from: ["FEE_DUE"], to: "APPROVED", by: ["PAYMENTS", "AGENCY"] },
  COMPLETE: { from: ["APPROVED"], to: "COMPLETED", by: ["AGENCY"] },
  REJECT: { from: ["IN_REVIEW"], to: "REJECTED", by: ["AGENCY"] },
  LAPSE: { from: ["FEE_DUE"], to: "LAPSED", by: ["AGENCY"] },
  // Not once a fee is due: it could be paid at the same moment. Whoever does not pay lets it lapse.
  WITHDRAW: {
    from: ["SUBMITTED", "ASSIGNED", "IN_REVIEW", "INFORMATION_REQUESTED"],
    to: "WITHDRAWN",
    by: ["PERSON"],
  },
} as const satisfies Record<string, Edge>;

export type RequestEvent = keyof typeof requestEdges;
export const requestEvents = Object.keys(requestEdges) as readonly RequestEvent[];

/** Where the event leads from there, or undefined when it leads nowhere or that actor cannot bring it about. */
export function statusAfter(
  status: RequestStatus,
  event: RequestEvent,
  actor: RequestActorKind,
): RequestStatus | undefined {
  const { from, to, by }: Edge = requestEdges[event];
  return from.includes(status) && by.includes(actor) ? to : undefined;
}

/** What that actor can do now; for clients to know which buttons to show. */
export const nextEvents = (
  status: RequestStatus,
  actor: RequestActorKind,
): readonly RequestEvent[] =>
  requestEvents.filter((event) => statusAfter(status, event, actor) !== undefined);

/** The agency's time runs while the agency has to do something. */
export const isAgencysTurn = (status: RequestStatus): boolean =>
  status === "SUBMITTED" || status === "ASSIGNED" || status === "IN_REVIEW";

/** Whether nothing will happen to it any more. */
export const isEnded = (status: RequestStatus): boolean =>
  requestEvents.every((event) => !(requestEdges[event].from as readonly string[]).includes(status));

/** Whether the person's answers can be changed. */
export const takesAnswers = (status: RequestStatus): boolean =>
  status === "DRAFT" || status === "INFORMATION_REQUESTED";

/** The agency sees what was sent to it, and no drafts. */
export const isSent = (status: RequestStatus): boolean =>
  status !== "DRAFT" && status !== "DISCARDED";
