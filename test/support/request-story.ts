/**
 * Requests as clients handle them: the same steps for a subgraph that is asked directly and for a whole city
 * that is asked through its gateway.
 */
import type { Principal } from "../../platform/principal.ts";
import type { Answer } from "./start-subgraph.ts";

export type Ask = (
  query: string,
  options: { readonly principal: Principal; readonly variables: Record<string, unknown> },
) => Promise<Answer>;

export const clerkOf = (
  agencyId: string,
  id = `clerk-${agencyId}`,
  scopes: readonly string[] = ["requests:process"],
): Principal => ({ kind: "agency", id, agencyId, scopes: [...scopes], policies: [] });

export const personCalled = (name: string): Principal => ({
  kind: "person",
  id: `person-${name}`,
  scopes: [],
  policies: [],
});

export const passport = {
  id: "doc-passport",
  name: "passport.pdf",
  mediaType: "application/pdf",
  bytes: 120_000,
  sha256: "a".repeat(64),
};
export const salary = { ...passport, id: "doc-salary", name: "salary.pdf" };

/** Fits the form of gdrfa-open-sponsorship-file, with both attachments. */
export const rightAnswers = {
  emiratesId: "784-1990-1234567-1",
  mobile: "+971501234567",
  monthlyIncome: 12_000,
  housing: "OWNED",
  family: [{ name: "Sara", relation: "SPOUSE", born: "1992-04-30" }],
  passport: passport.id,
  salaryCertificate: salary.id,
};

const outcome = `__typename
  ... on ServiceRequest { id status revision reference submittedAt assignedTo nextSteps answers
    fee { toCharge { amount } paidAt }
    serviceLevel { state usedSeconds promisedSeconds dueAt overdue } }
  ... on ServiceRequestRefused { code message { en ar } problems { field code message { en ar } }
    current { id status revision } }`;

type Seen = { readonly id: string; readonly revision: number };

const types: Readonly<Record<string, string>> = {
  id: "ID!",
  serviceId: "ID!",
  revision: "Int!",
  answers: "JSONObject",
  attachments: "[RequestAttachmentInput!]",
  idempotencyKey: "String!",
  text: "String",
  assignee: "ID!",
  reasons: "[LocalizedTextInput!]!",
};
/** Where an argument of that name must not be null. */
const required: Readonly<Record<string, readonly string[]>> = {
  saveServiceRequest: ["answers", "attachments"],
  startServiceRequest: ["attachments"],
  answerServiceRequest: ["text"],
  requestInformation: ["text"],
  writeServiceRequestMessage: ["text"],
};

export function createRequestClient(ask: Ask) {
  /** @returns the outcome, or the whole answer when there is none. */
  async function run(principal: Principal, field: string, variables: Record<string, unknown>) {
    const names = Object.keys(variables);
    const typeOf = (name: string) => `${types[name]}${required[field]?.includes(name) ? "!" : ""}`;
    const head = names.map((name) => `$${name}: ${typeOf(name)}`).join(", ");
    const call = names.map((name) => `${name}: $${name}`).join(", ");
    const query = `mutation(${head}) { ${field}(${call}) { ${outcome} } }`;
    const answer = await ask(query, { principal, variables });
    return answer.data?.[field] ?? answer;
  }
  const seen = ({ id, revision }: Seen) => ({ id, revision });
  return {
    run,
    start: (
      principal: Principal,
      serviceId = "gdrfa-open-sponsorship-file",
      answers: object = rightAnswers,
      attachments: readonly object[] = [passport, salary],
    ) => run(principal, "startServiceRequest", { serviceId, answers, attachments }),
    save: (principal: Principal, of: Seen, answers: object, attachments: readonly object[] = []) =>
      run(principal, "saveServiceRequest", { ...seen(of), answers, attachments }),
    discard: (principal: Principal, of: Seen) => run(principal, "discardServiceRequest", seen(of)),
    submit: (principal: Principal, of: Seen, idempotencyKey: string) =>
      run(principal, "submitServiceRequest", { ...seen(of), idempotencyKey }),
    answer: (principal: Principal, of: Seen, text: string, more: object = {}) =>
      run(principal, "answerServiceRequest", { ...seen(of), text, ...more }),
    withdraw: (principal: Principal, of: Seen) =>
      run(principal, "withdrawServiceRequest", { ...seen(of), text: "Not needed any more." }),
    write: (principal: Principal, id: string, text: string) =>
      run(principal, "writeServiceRequestMessage", { id, text }),
    assign: (principal: Principal, of: Seen, assignee = "clerk-1") =>
      run(principal, "assignServiceRequest", { ...seen(of), assignee }),
    review: (principal: Principal, of: Seen) => run(principal, "reviewServiceRequest", seen(of)),
    inquire: (principal: Principal, of: Seen, text: string) =>
      run(principal, "requestInformation", { ...seen(of), text }),
    approve: (principal: Principal, of: Seen) => run(principal, "approveServiceRequest", seen(of)),
    reject: (principal: Principal, of: Seen) =>
      run(principal, "rejectServiceRequest", {
        ...seen(of),
        reasons: [{ en: "The contract has ended.", ar: "انتهى العقد." }],
      }),
    confirmFee: (principal: Principal, of: Seen) =>
      run(principal, "confirmServiceRequestFee", seen(of)),
    lapse: (principal: Principal, of: Seen) =>
      run(principal, "lapseServiceRequest", {
        ...seen(of),
        reasons: [{ en: "Not paid.", ar: "لم يُدفع." }],
      }),
    complete: (principal: Principal, of: Seen) =>
      run(principal, "completeServiceRequest", seen(of)),
    /** A draft that is sent, and taken by a clerk who works on it. */
    async reviewed(person: Principal, clerk: Principal, serviceId?: string, answers?: object) {
      const draft = await this.start(person, serviceId, answers);
      const sent = await this.submit(person, draft, `key of ${draft.id}`);
      return this.review(clerk, await this.assign(clerk, sent));
    },
  };
}
