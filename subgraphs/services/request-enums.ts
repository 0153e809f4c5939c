/** The request's states, steps and actors as the graph names them. */
import { registerEnumType } from "type-graphql";
import { enumOf } from "./catalogue-enums.ts";
import { formProblemCodes } from "./request-form-messages.ts";
import { requestRefusals } from "./request-step.ts";
import { requestActorKinds, requestEvents, requestStatuses } from "./request.rules.ts";

export const RequestStatusEnum = enumOf(requestStatuses);
registerEnumType(RequestStatusEnum, {
  name: "ServiceRequestStatus",
  description: "Where a request stands.",
  valuesConfig: {
    DRAFT: { description: "Begun by the person and not sent yet." },
    SUBMITTED: { description: "Sent to the agency, which has not begun with it." },
    ASSIGNED: { description: "A clerk has it." },
    IN_REVIEW: { description: "The agency works on it." },
    INFORMATION_REQUESTED: {
      description: "The agency waits for an answer of the person; its time stands still.",
    },
    FEE_DUE: { description: "It will be granted as soon as its fee is paid." },
    APPROVED: { description: "The agency has granted it." },
    COMPLETED: { description: "What was asked for has been handed over." },
    REJECTED: { description: "The agency has refused it; the last step tells why." },
    WITHDRAWN: { description: "The person took it back." },
    LAPSED: { description: "Its fee was not paid, and the agency closed it." },
    DISCARDED: { description: "A draft that was thrown away, with its answers." },
  },
});

export const RequestEventEnum = enumOf(requestEvents);
registerEnumType(RequestEventEnum, {
  name: "ServiceRequestEvent",
  description: "A step of a request.",
  valuesConfig: {
    SUBMIT: { description: "The person sends it: submitServiceRequest." },
    DISCARD: { description: "The person throws a draft away: discardServiceRequest." },
    ASSIGN: { description: "The agency gives it to a clerk: assignServiceRequest." },
    START_REVIEW: { description: "The agency begins to work on it: reviewServiceRequest." },
    REQUEST_INFORMATION: {
      description: "The agency asks the person for something: requestInformation.",
    },
    ANSWER: { description: "The person answers: answerServiceRequest." },
    APPROVE: { description: "The agency grants it: approveServiceRequest." },
    APPROVE_WITH_FEE: {
      description: "The agency grants it as soon as its fee is paid: approveServiceRequest.",
    },
    FEE_PAID: {
      description: "Its fee is paid: payments tell, or the agency by confirmServiceRequestFee.",
    },
    COMPLETE: { description: "The agency has handed over: completeServiceRequest." },
    REJECT: { description: "The agency refuses it: rejectServiceRequest." },
    LAPSE: { description: "The agency closes it unpaid: lapseServiceRequest." },
    WITHDRAW: { description: "The person takes it back: withdrawServiceRequest." },
  },
});

export const RequestActorEnum = enumOf(requestActorKinds);
registerEnumType(RequestActorEnum, {
  name: "ServiceRequestActor",
  description: "Who did something with a request.",
  valuesConfig: {
    PERSON: { description: "The person whose it is." },
    AGENCY: { description: "The agency that it was sent to." },
    PAYMENTS: { description: "The city's payments." },
  },
});

export const serviceLevelStates = enumOf(["RUNNING", "PAUSED", "ENDED"]);
registerEnumType(serviceLevelStates, {
  name: "ServiceLevelState",
  description: "Whether an agency's time for a request runs.",
  valuesConfig: {
    RUNNING: { description: "It is the agency's turn." },
    PAUSED: { description: "The agency waits for the person." },
    ENDED: { description: "The agency has decided, or does not have to any more." },
  },
});

export const FormProblemCodeEnum = enumOf(formProblemCodes);
registerEnumType(FormProblemCodeEnum, {
  name: "FormProblemCode",
  description: "What is wrong with an answer to a form.",
  valuesConfig: {
    REQUIRED: { description: "It is missing." },
    WRONG_TYPE: { description: "It is of another JSON type." },
    TOO_SHORT: { description: "Its text is too short." },
    TOO_LONG: { description: "Its text is too long." },
    WRONG_FORM: { description: "It is not written in the form that is asked for." },
    NOT_A_CHOICE: { description: "It is none of the choices." },
    TOO_SMALL: { description: "The number or date is too small." },
    TOO_LARGE: { description: "The number or date is too large." },
    TOO_FEW: { description: "Its list has too few entries." },
    TOO_MANY: { description: "Its list has too many entries." },
    REPEATED: { description: "Its list has the same entry twice." },
    UNKNOWN_FIELD: { description: "The form has no such field." },
    NO_SUCH_ATTACHMENT: {
      description: "It names no attachment of the request, or one of another media type.",
    },
    INVALID: { description: "It breaks another rule of the form's JSON Schema." },
  },
});

registerEnumType(requestRefusals, {
  name: "ServiceRequestRefusalCode",
  description: "Why something is not done with a request.",
  valuesConfig: {
    NO_SUCH_REQUEST: {
      description: "There is none with this id, or it is not yours, or not of your agency.",
    },
    NO_REQUESTS: {
      description:
        "The service takes no requests here: there is none, it has no form, or is not active.",
    },
    TOO_MANY_DRAFTS: { description: "You have 20 drafts: send or discard one." },
    CHANGED_MEANWHILE: {
      description: "It was changed since `revision`: look at `current`, and decide again.",
    },
    NOT_NOW: { description: "This cannot be done where it stands: look at `current`." },
    ANSWERS_WRONG: { description: "The answers do not fit the form: `problems` tells where." },
    TOO_MANY_MESSAGES: { description: "It has 200 messages: no more are taken." },
  },
});
