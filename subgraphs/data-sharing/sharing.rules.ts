/**
 * From a request to access: every state, every legal step, and who may take it. Negotiation uses the
 * names of the Dataspace Protocol (2024-1, contract negotiation), of which a request is REQUESTED.
 * The database holds the same steps and refuses others. Pure.
 */

/** From each state, those that may follow; "" stands for not being there yet. */
export const machines = {
  REQUEST: {
    "": ["SUBMITTED"],
    SUBMITTED: ["ASSESSED", "WITHDRAWN"],
    ASSESSED: ["AWAITING_SECOND_REVIEW", "APPROVED", "REJECTED", "WITHDRAWN"],
    AWAITING_SECOND_REVIEW: ["APPROVED", "REJECTED", "WITHDRAWN"],
    APPROVED: [],
    REJECTED: [],
    WITHDRAWN: [],
  },
  NEGOTIATION: {
    "": ["OFFERED"],
    OFFERED: ["ACCEPTED", "TERMINATED"],
    ACCEPTED: ["AGREED", "TERMINATED"],
    AGREED: ["VERIFIED", "TERMINATED"],
    VERIFIED: ["FINALIZED", "TERMINATED"],
    FINALIZED: [],
    TERMINATED: [],
  },
  GRANT: {
    "": ["ACTIVE"],
    ACTIVE: ["SUSPENDED", "REVOKED"],
    SUSPENDED: ["ACTIVE", "REVOKED"],
    REVOKED: [],
  },
} as const;

export type Machine = keyof typeof machines;
export type StateOf<M extends Machine> = Exclude<keyof (typeof machines)[M], ""> & string;
export type RequestState = StateOf<"REQUEST">;
export type NegotiationState = StateOf<"NEGOTIATION">;
export type GrantState = StateOf<"GRANT">;

export function isLegal<M extends Machine>(
  machine: M,
  from: StateOf<M> | "",
  to: StateOf<M>,
): boolean {
  const next = (machines[machine] as Record<string, readonly string[]>)[from] ?? [];
  return next.includes(to);
}

export const refusalCodes = {
  NOT_FOUND: "NOT_FOUND",
  NOT_ALLOWED: "NOT_ALLOWED",
  ILLEGAL_TRANSITION: "ILLEGAL_TRANSITION",
  SAME_EYES: "SAME_EYES",
  OVERLAPPING_REQUEST: "OVERLAPPING_REQUEST",
  SIGNATURE_INVALID: "SIGNATURE_INVALID",
  SIGNATURE_REPLAYED: "SIGNATURE_REPLAYED",
  GRANT_FOREIGN: "GRANT_FOREIGN",
  GRANT_NOT_STARTED: "GRANT_NOT_STARTED",
  GRANT_EXPIRED: "GRANT_EXPIRED",
  GRANT_SUSPENDED: "GRANT_SUSPENDED",
  GRANT_REVOKED: "GRANT_REVOKED",
  PURPOSE_MISMATCH: "PURPOSE_MISMATCH",
  FIELD_NOT_GRANTED: "FIELD_NOT_GRANTED",
  RATE_EXCEEDED: "RATE_EXCEEDED",
  BUDGET_EXHAUSTED: "BUDGET_EXHAUSTED",
  CONSENT_WITHDRAWN: "CONSENT_WITHDRAWN",
} as const;
export type RefusalCode = keyof typeof refusalCodes;

export type Refused = { readonly kind: "REFUSED"; readonly code: RefusalCode };
export const refused = (code: RefusalCode): Refused => ({ kind: "REFUSED", code });

/** The ways to read shared data. */
export const readOperations = {
  ROWS: "ROWS",
  COUNTS: "COUNTS",
  PRIVATE_AGGREGATE: "PRIVATE_AGGREGATE",
} as const;
export type ReadOperation = keyof typeof readOperations;

/**
 * @returns what is wrong with a set of ways and how to mend it, or undefined. Rows of persons tell what
 * counts keep back and noise hides, so one grant never has both; consent is given for rows, by person.
 */
export function problemOfOperations(
  operations: readonly ReadOperation[],
  of: { readonly tellsOfPersons: boolean; readonly restsOnConsent: boolean },
): string | undefined {
  if (operations.length === 0) return "`operations` must name at least one way to read the data.";
  const givesRows = operations.includes("ROWS");
  const givesFigures = operations.some((one) => one !== "ROWS");
  if (of.restsOnConsent && givesFigures) {
    return "`operations` must be ROWS alone: counts over those who consented would tell who did.";
  }
  if (of.tellsOfPersons && givesRows && givesFigures) {
    return "`operations` must not join ROWS with others for data that tells of persons: rows tell what counts and noise hide.";
  }
  return undefined;
}

/** The Five Safes (UK Office for National Statistics): one score and one reason each. */
export const safes = ["project", "people", "data", "setting", "output"] as const;
export type Safe = (typeof safes)[number];
export type SafeAnswer = {
  /** From 0, no risk that is seen, to 4, grave. */
  readonly score: number;
  readonly reason: string;
};
export type Assessment = Readonly<Record<Safe, SafeAnswer>>;

export const maxScore = 4;
export const minReasonCharacters = 20;
/** From this sum of the five scores on, two different people must approve. */
export const secondReviewFrom = 8;

export const riskOf = (assessment: Assessment): number =>
  safes.reduce((sum, safe) => sum + assessment[safe].score, 0);

/** @returns what is wrong with an assessment and how to mend it, or undefined. */
export function problemOfAssessment(assessment: Assessment): string | undefined {
  for (const safe of safes) {
    const { score, reason } = assessment[safe];
    if (!Number.isInteger(score) || score < 0 || score > maxScore) {
      return `\`${safe}.score\` must be a whole number from 0 to ${maxScore}, not ${score}.`;
    }
    if (reason.trim().length < minReasonCharacters) {
      return `\`${safe}.reason\` must give the reason for the score in ${minReasonCharacters} characters or more.`;
    }
  }
  return undefined;
}

/** Whether a second person must approve: by risk, or since the data is of the gravest class. */
export const needsSecondReview = (
  risk: number,
  dataset: { readonly sensitivity: string },
): boolean => risk >= secondReviewFrom || dataset.sensitivity === "SECRET";

/** Requester, assessor and approvers are different people. */
export function isSecondPairOfEyes(
  actor: string,
  others: readonly (string | null | undefined)[],
): boolean {
  return !others.includes(actor);
}

type GrantInTime = { readonly state: GrantState; readonly from_at: Date; readonly until_at: Date };

/** Why a grant gives no access at a moment (Unix milliseconds); undefined when it does. */
export function refusalOfGrant(grant: GrantInTime, nowMs: number): RefusalCode | undefined {
  if (grant.state === "REVOKED") return "GRANT_REVOKED";
  if (grant.until_at.getTime() <= nowMs) return "GRANT_EXPIRED";
  if (grant.state === "SUSPENDED") return "GRANT_SUSPENDED";
  return grant.from_at.getTime() > nowMs ? "GRANT_NOT_STARTED" : undefined;
}
