/** The closed lists of the way from request to access, as the graph shows them. */
import { registerEnumType } from "type-graphql";
import {
  type GrantState,
  type NegotiationState,
  readOperations,
  refusalCodes,
  type RequestState,
} from "./sharing.rules.ts";

export const RequestStateEnum = {
  SUBMITTED: "SUBMITTED",
  ASSESSED: "ASSESSED",
  AWAITING_SECOND_REVIEW: "AWAITING_SECOND_REVIEW",
  APPROVED: "APPROVED",
  REJECTED: "REJECTED",
  WITHDRAWN: "WITHDRAWN",
} as const satisfies { [State in RequestState]: State };

registerEnumType(RequestStateEnum, {
  name: "SharingRequestState",
  description: "How far a request has come.",
  valuesConfig: {
    SUBMITTED: { description: "It waits for its assessment." },
    ASSESSED: { description: "It waits for a decision." },
    AWAITING_SECOND_REVIEW: { description: "Its risk is high: it waits for a second approval." },
    APPROVED: { description: "It was approved; an agreement is offered." },
    REJECTED: { description: "It was rejected, for the reason in its steps." },
    WITHDRAWN: { description: "The requester took it back." },
  },
});

export const NegotiationStateEnum = {
  OFFERED: "OFFERED",
  ACCEPTED: "ACCEPTED",
  AGREED: "AGREED",
  VERIFIED: "VERIFIED",
  FINALIZED: "FINALIZED",
  TERMINATED: "TERMINATED",
} as const satisfies { [State in NegotiationState]: State };

registerEnumType(NegotiationStateEnum, {
  name: "NegotiationState",
  description:
    "State of a contract negotiation, in the names of the Dataspace Protocol; a request that was submitted is its REQUESTED.",
  valuesConfig: {
    OFFERED: { description: "The publisher offers." },
    ACCEPTED: { description: "The requester accepts." },
    AGREED: { description: "The publisher has signed." },
    VERIFIED: { description: "The requester has signed as well." },
    FINALIZED: { description: "Both signatures were verified; access is granted." },
    TERMINATED: { description: "It ended without an agreement." },
  },
});

export const GrantStateEnum = {
  ACTIVE: "ACTIVE",
  SUSPENDED: "SUSPENDED",
  REVOKED: "REVOKED",
} as const satisfies { [State in GrantState]: State };

registerEnumType(GrantStateEnum, {
  name: "GrantState",
  description: "What a grant is worth. Whatever its state, it gives nothing outside of its time.",
  valuesConfig: {
    ACTIVE: { description: "It gives access." },
    SUSPENDED: { description: "It gives none for now." },
    REVOKED: { description: "It gives none ever again." },
  },
});

registerEnumType(readOperations, {
  name: "ReadOperation",
  description: "A way to read shared data.",
  valuesConfig: {
    ROWS: { description: "`sharedRows`." },
    COUNTS: { description: "`sharedCounts`." },
    PRIVATE_AGGREGATE: { description: "`privateFigure`." },
  },
});

registerEnumType(refusalCodes, {
  name: "SharingRefusalCode",
  description: "Why something was refused in data sharing.",
  valuesConfig: {
    NOT_FOUND: { description: "There is no such request or grant that concerns the agency." },
    NOT_ALLOWED: {
      description: "The grant does not give this way of reading the data.",
    },
    ILLEGAL_TRANSITION: { description: "This step cannot follow the present state." },
    SAME_EYES: {
      description: "Somebody else must do this: requester, assessor and approvers differ.",
    },
    OVERLAPPING_REQUEST: { description: "A request or grant for the same is there already." },
    SIGNATURE_INVALID: { description: "The signature is not by a registered key of the agency." },
    SIGNATURE_REPLAYED: {
      description: "The signature was made for another document, or used before.",
    },
    GRANT_FOREIGN: { description: "The agency has no such grant." },
    GRANT_NOT_STARTED: { description: "The grant begins later." },
    GRANT_EXPIRED: { description: "The grant's time is over: have it renewed." },
    GRANT_SUSPENDED: { description: "The grant is suspended." },
    GRANT_REVOKED: { description: "The grant was revoked." },
    PURPOSE_MISMATCH: { description: "The grant is for another purpose." },
    FIELD_NOT_GRANTED: { description: "A field is not in the grant." },
    RATE_EXCEEDED: { description: "The grant's accesses of this hour are used up." },
    BUDGET_EXHAUSTED: { description: "The privacy budget that is left does not suffice." },
    CONSENT_WITHDRAWN: { description: "A consent was withdrawn meanwhile: ask again." },
  },
});

export const SharedFieldKindEnum = {
  DIMENSION: "DIMENSION",
  MEASURE: "MEASURE",
  TEXT: "TEXT",
} as const;

registerEnumType(SharedFieldKindEnum, {
  name: "SharedFieldKind",
  description: "What can be done with a field.",
  valuesConfig: {
    DIMENSION: { description: "It can be counted by and filtered by." },
    MEASURE: { description: "It is a whole number that can be summed." },
    TEXT: { description: "It can be read." },
  },
});
