/**
 * The steps from a request for mobility counts to a signed grant, as clients take them: the same for a
 * subgraph that is asked directly and for a whole city that is asked through its gateway.
 */
import { CompactSign, exportJWK, generateKeyPair } from "jose";
import type { Principal } from "../../platform/principal.ts";
import type { Answer } from "./start-subgraph.ts";

export type Ask = (
  query: string,
  options: {
    readonly principal: Principal;
    readonly variables?: Readonly<Record<string, unknown>>;
  },
) => Promise<Answer>;

const agency = (id: string, agencyId: string, scope: string): Principal => ({
  kind: "agency",
  id,
  agencyId,
  scopes: [scope],
  policies: [],
});

export const staff = {
  cares: agency("cares-huda", "dubai-cares", "data-sharing:request"),
  noor: agency("noor-client", "noor-dubai", "data-sharing:request"),
  tadweer: agency("tadweer-client", "tadweer-express", "data-sharing:request"),
  rtaAssessor: agency("rta-salem", "rta", "data-sharing:review"),
  rtaApprover: agency("rta-maryam", "rta", "data-sharing:review"),
  rtaSecond: agency("rta-yousef", "rta", "data-sharing:review"),
  cityAssessor: agency("city-sara", "smart-dubai", "data-sharing:review"),
  cityApprover: agency("city-khalid", "smart-dubai", "data-sharing:review"),
} as const;

const outcome = `__typename
  ... on SharingRequest { id state risk needsSecondReview
    agreement { id version state document publisherSignature requesterSignature page { en ar } until }
    grant { id state fields spentMilliEpsilon budgetMilliEpsilon until } steps { machine from to by } }
  ... on SharingRefused { code message { en ar } loggedAs }`;

export type Signer = {
  readonly sign: (document: string) => Promise<string>;
  readonly publicKey: string;
};

export async function createSigner(keyId?: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair("EdDSA", { extractable: true });
  const jwk = await exportJWK(publicKey);
  const { calculateJwkThumbprint } = await import("jose");
  const kid = keyId ?? (await calculateJwkThumbprint(jwk));
  return {
    publicKey: JSON.stringify(jwk),
    sign: (document) =>
      new CompactSign(Buffer.from(document))
        .setProtectedHeader({ alg: "EdDSA", kid })
        .sign(privateKey),
  };
}

const because = "For the reasons that the test story tells.";
const safe = (score: number) => ({ score, reason: because });
export const assessmentOf = (score: number) => ({
  project: safe(score),
  people: safe(score),
  data: safe(score),
  setting: safe(score),
  output: safe(score),
});

export function createStory(ask: Ask) {
  async function run(
    principal: Principal,
    field: string,
    head: string,
    call: string,
    variables: object,
  ) {
    const query = `mutation(${head}) { ${field}(${call}) { ${outcome} } }`;
    const answer = await ask(query, { principal, variables: { ...variables } });
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data[field];
  }
  const byId = (principal: Principal, field: string, id: string, name = "id") =>
    run(principal, field, "$id: ID!", `${name}: $id`, { id });
  return {
    request: (principal: Principal, input: object) =>
      run(principal, "requestSharing", "$input: RequestSharingInput!", "input: $input", { input }),
    withdraw: (principal: Principal, id: string) => byId(principal, "withdrawSharingRequest", id),
    assess: (principal: Principal, id: string, score: number) =>
      run(
        principal,
        "assessSharingRequest",
        "$id: ID!, $assessment: AssessmentInput!",
        "id: $id, assessment: $assessment",
        { id, assessment: assessmentOf(score) },
      ),
    approve: (principal: Principal, id: string, terms: object) =>
      run(
        principal,
        "approveSharingRequest",
        "$id: ID!, $terms: SharingTermsInput!, $reason: String!",
        "id: $id, terms: $terms, reason: $reason",
        { id, terms, reason: because },
      ),
    reject: (principal: Principal, id: string) =>
      run(
        principal,
        "rejectSharingRequest",
        "$id: ID!, $reason: String!",
        "id: $id, reason: $reason",
        { id, reason: because },
      ),
    accept: (principal: Principal, id: string) =>
      byId(principal, "acceptSharingOffer", id, "requestId"),
    sign: (principal: Principal, id: string, signature: string) =>
      run(
        principal,
        "signSharingAgreement",
        "$id: ID!, $signature: String!",
        "requestId: $id, signature: $signature",
        { id, signature },
      ),
    renew: (principal: Principal, id: string, until: string) =>
      run(
        principal,
        "renewSharing",
        "$id: ID!, $until: DateTime!",
        "requestId: $id, until: $until",
        { id, until },
      ),
    changeGrant: (principal: Principal, grantId: string, to: string) =>
      run(
        principal,
        "changeGrant",
        "$id: ID!, $to: GrantState!, $reason: String!",
        "grantId: $id, to: $to, reason: $reason",
        { id: grantId, to, reason: because },
      ),
    async register(principal: Principal, { publicKey }: Signer): Promise<string> {
      const query = "mutation($key: String!) { registerSigningKey(publicKey: $key) { keyId } }";
      const answer = await ask(query, { principal, variables: { key: publicKey } });
      if (answer.errors) throw new Error(JSON.stringify(answer.errors));
      return answer.data.registerSigningKey.keyId;
    },
    /** All the way: two signers whose keys are registered → the request with its grant. */
    async reach(
      wish: {
        readonly requester: Principal;
        readonly assessor: Principal;
        readonly approver: Principal;
        readonly input: object;
        readonly terms: object;
      },
      signers: { readonly publisher: Signer; readonly requester: Signer },
    ) {
      const { id } = await this.request(wish.requester, wish.input);
      await this.assess(wish.assessor, id, 1);
      await this.approve(wish.approver, id, wish.terms);
      const { agreement } = await this.accept(wish.requester, id);
      await this.sign(wish.approver, id, await signers.publisher.sign(agreement.document));
      return this.sign(wish.requester, id, await signers.requester.sign(agreement.document));
    },
  };
}

export const rowsQuery = `query($grant: ID!, $purpose: PurposeCode!, $fields: [String!]!, $first: Int! = 100) {
  sharedRows(grantId: $grant, purpose: $purpose, fields: $fields, first: $first) { __typename
    ... on SharedRows { columns rows { values } next logSequence }
    ... on SharingRefused { code loggedAs } } }`;
export const countsQuery = `query($grant: ID!, $purpose: PurposeCode!, $by: [String!]!) {
  sharedCounts(grantId: $grant, purpose: $purpose, by: $by) { __typename
    ... on SharedCounts { by minimumPersons cells { keys count } logSequence }
    ... on SharingRefused { code loggedAs } } }`;
export const figureQuery = `query($grant: ID!, $purpose: PurposeCode!, $kind: PrivateFigureKind!, $cost: Int!, $field: String, $where: [RowFilterInput!]! = []) {
  privateFigure(grantId: $grant, purpose: $purpose, kind: $kind, milliEpsilon: $cost, field: $field, where: $where) { __typename
    ... on PrivateFigure { value margin milliEpsilon remainingMilliEpsilon logSequence }
    ... on SharingRefused { code loggedAs } } }`;

export const mobilityWish = {
  datasetId: "rta-nol-journeys",
  purpose: "RESEARCH",
  purposeText: "To learn which areas lack journeys to schools in the morning.",
  legalBasis: "PUBLIC_TASK",
  fields: ["area", "period", "mode", "minutes"],
  recipients: ["dubai-cares"],
  since: "2026-01-01T00:00:00Z",
  until: "2030-01-01T00:00:00Z",
};
export const mobilityTerms = {
  fields: ["area", "period", "minutes"],
  operations: ["COUNTS", "PRIVATE_AGGREGATE"],
  rowFilter: [],
  ratePerHour: 1_000,
  minimumPersons: 10,
  budgetMilliEpsilon: 1_000,
  until: "2029-01-01T00:00:00Z",
};
export const profileWish = {
  ...mobilityWish,
  datasetId: "smart-dubai-resident-profiles",
  purpose: "SERVICE_DELIVERY",
  purposeText: "To deliver the parcels that people have ordered.",
  legalBasis: "CONSENT",
  fields: ["name", "phone", "homeAddress"],
  recipients: ["tadweer-express"],
};
export const profileTerms = {
  ...mobilityTerms,
  operations: ["ROWS"],
  fields: ["name", "phone", "homeAddress"],
  budgetMilliEpsilon: 0,
};
