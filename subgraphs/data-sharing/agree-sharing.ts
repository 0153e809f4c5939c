/**
 * Negotiation: an offer by the publisher, accepted by the requester, signed by the publisher (AGREED)
 * and then by the requester (VERIFIED); with both signatures it is FINALIZED and becomes a grant, or
 * renews the one that there is, in the same transaction. Steps by the Dataspace Protocol.
 */
import type { Kysely, Transaction } from "kysely";
import { badUserInput } from "../kit/errors.ts";
import { writeAgreement } from "./agreement.rules.ts";
import { findDatasets } from "./dataset.store.ts";
import { findProducts } from "./product.store.ts";
import { reread, type SharingOutcome } from "./request-sharing.ts";
import type { Actor } from "./sharing.actor.ts";
import { isLegal, problemOfOperations, refused } from "./sharing.rules.ts";
import {
  type AgreementRow,
  findGrantsOfRequests,
  findLatestAgreements,
  findSigningKey,
  insertAgreement,
  insertGrant,
  isKnownSignature,
  lockRequest,
  type RequestRow,
  updateAgreement,
  updateGrant,
} from "./sharing.store.ts";
import { keyIdOf, verifySignature } from "./signature.ts";
import type { DataSharingTables } from "./tables.ts";
import type { Terms } from "./sharing.tables.ts";

type Db = Kysely<DataSharingTables>;
type Options = { readonly nowMs: number; readonly newId: () => string };

export type AgreementWish = Omit<Terms, "from" | "until"> & { readonly until: Date };

const leastPersons = 5;
const maxRatePerHour = 100_000;
const maxMilliEpsilon = 10_000;

/** Terms never go beyond the request: it is what was assessed. */
function checkTerms(request: RequestRow, wish: AgreementWish, known: readonly string[]): void {
  const beyond = wish.fields.find((name) => !request.fields.includes(name));
  if (wish.fields.length === 0 || beyond !== undefined) {
    throw badUserInput(`\`fields\` must be among those requested: ${request.fields.join(", ")}.`);
  }
  if (wish.until > request.until_at || wish.until <= request.from_at) {
    throw badUserInput(
      `\`until\` must lie within the requested period, which ends ${request.until_at.toISOString()}.`,
    );
  }
  const foreign = wish.rowFilter.find(
    ({ field, values }) => !known.includes(field) || values.length === 0,
  );
  if (foreign) {
    throw badUserInput(
      `\`rowFilter\` must name fields of the dataset and a value at least: ${known.join(", ")}.`,
    );
  }
  const { ratePerHour, minimumPersons, budgetMilliEpsilon } = wish;
  if (!(ratePerHour >= 1 && ratePerHour <= maxRatePerHour)) {
    throw badUserInput(`\`ratePerHour\` must be from 1 to ${maxRatePerHour}, not ${ratePerHour}.`);
  }
  if (!(minimumPersons >= leastPersons)) {
    throw badUserInput(
      `\`minimumPersons\` must be ${leastPersons} or more, not ${minimumPersons}.`,
    );
  }
  if (!(budgetMilliEpsilon >= 0 && budgetMilliEpsilon <= maxMilliEpsilon)) {
    throw badUserInput(
      `\`budgetMilliEpsilon\` must be from 0 to ${maxMilliEpsilon}, not ${budgetMilliEpsilon}.`,
    );
  }
}

async function insertOffer(
  db: Db,
  actor: Actor,
  { request, terms }: { readonly request: RequestRow; readonly terms: Terms },
  { nowMs, newId }: Options,
): Promise<void> {
  const [[dataset], [latest]] = await Promise.all([
    findDatasets(db, [request.dataset_id]),
    findLatestAgreements(db, [request.id]),
  ]);
  if (!dataset) throw new Error(`The dataset "${request.dataset_id}" has gone.`);
  const id = newId();
  const version = (latest?.version ?? 0) + 1;
  const document = writeAgreement({
    id,
    version,
    datasetId: dataset.id,
    datasetTitle: { en: dataset.title_en, ar: dataset.title_ar },
    publisherId: dataset.publisher_id,
    requesterId: request.requester_id,
    recipients: request.recipients,
    purpose: request.purpose_code,
    purposeText: request.purpose_text,
    legalBasis: request.legal_basis,
    terms,
  });
  await insertAgreement(db, {
    id,
    request_id: request.id,
    version,
    terms: JSON.stringify(terms),
    document,
    state: "OFFERED",
    changed_by: actor.id,
    changed_at: new Date(nowMs),
    change_reason: version === 1 ? "offered" : "offered anew",
  });
}

/** @throws GraphQLError BAD_USER_INPUT for terms beyond the request. */
export async function offerAgreement(
  db: Transaction<DataSharingTables>,
  actor: Actor,
  { request, wish }: { readonly request: RequestRow; readonly wish: AgreementWish },
  options: Options,
): Promise<void> {
  const [[product], [dataset]] = await Promise.all([
    findProducts(db, [request.dataset_id]),
    findDatasets(db, [request.dataset_id]),
  ]);
  const problem = problemOfOperations(wish.operations, {
    tellsOfPersons: dataset?.personal_data !== "NONE",
    restsOnConsent: request.legal_basis === "CONSENT",
  });
  if (problem !== undefined) throw badUserInput(problem);
  checkTerms(request, wish, product?.fields.map(({ name }) => name) ?? []);
  const { until, ...rest } = wish;
  const terms = { ...rest, from: request.from_at.toISOString(), until: until.toISOString() };
  await insertOffer(db, actor, { request, terms }, options);
}

/** What both sides' functions begin with: the request, locked, and its newest agreement. */
async function findNegotiation(db: Transaction<DataSharingTables>, requestId: string) {
  const request = await lockRequest(db, requestId);
  if (!request) return undefined;
  const [[agreement], [dataset], [grant]] = await Promise.all([
    findLatestAgreements(db, [requestId]),
    findDatasets(db, [request.dataset_id]),
    findGrantsOfRequests(db, [requestId]),
  ]);
  return { request, agreement, grant, publisherId: dataset?.publisher_id };
}

/** Offers the same terms for longer; until both have signed, the grant goes on as it was agreed. */
export async function renewSharing(
  db: Db,
  actor: Actor,
  { requestId, until }: { readonly requestId: string; readonly until: Date },
  options: Options,
): Promise<SharingOutcome> {
  const latest = new Date(options.nowMs);
  latest.setUTCFullYear(latest.getUTCFullYear() + 5);
  if (until.getTime() <= options.nowMs || until > latest) {
    throw badUserInput("`until` must lie after now and within five years.");
  }
  return db.transaction().execute(async (transaction) => {
    const found = await findNegotiation(transaction, requestId);
    if (found?.publisherId !== actor.agencyId) return refused("NOT_FOUND");
    const { request, agreement, grant } = found;
    if (agreement?.state !== "FINALIZED" || grant?.state === "REVOKED") {
      return refused("ILLEGAL_TRANSITION");
    }
    const terms = { ...agreement.terms, until: until.toISOString() };
    await insertOffer(transaction, actor, { request, terms }, options);
    return reread(transaction, requestId);
  });
}

export async function acceptOffer(
  db: Db,
  actor: Actor,
  requestId: string,
  nowMs: number,
): Promise<SharingOutcome> {
  return db.transaction().execute(async (transaction) => {
    const found = await findNegotiation(transaction, requestId);
    if (found?.request.requester_id !== actor.agencyId) return refused("NOT_FOUND");
    const { agreement } = found;
    if (!agreement || !isLegal("NEGOTIATION", agreement.state, "ACCEPTED")) {
      return refused("ILLEGAL_TRANSITION");
    }
    await updateAgreement(transaction, agreement.id, {
      state: "ACCEPTED",
      changed_by: actor.id,
      changed_at: new Date(nowMs),
      change_reason: "accepted by the requester",
    });
    return reread(transaction, requestId);
  });
}

async function grantAccess(
  db: Db,
  actor: Actor,
  { request, agreement }: { readonly request: RequestRow; readonly agreement: AgreementRow },
  { nowMs, newId }: Options,
): Promise<void> {
  const { terms } = agreement;
  const agreed = {
    agreement_id: agreement.id,
    fields: JSON.stringify(terms.fields),
    row_filter: JSON.stringify(terms.rowFilter),
    operations: JSON.stringify(terms.operations),
    rate_per_hour: terms.ratePerHour,
    minimum_persons: terms.minimumPersons,
    budget_milli_epsilon: terms.budgetMilliEpsilon,
    from_at: new Date(terms.from),
    until_at: new Date(terms.until),
    changed_by: actor.id,
    changed_at: new Date(nowMs),
    change_reason: `agreed in version ${agreement.version}`,
  };
  const [grant] = await findGrantsOfRequests(db, [request.id]);
  // A renewal leaves the state: who is suspended stays so. The budget that was spent stays spent.
  if (grant) await updateGrant(db, grant.id, agreed);
  else {
    await insertGrant(db, {
      id: newId(),
      request_id: request.id,
      agency_id: request.requester_id,
      dataset_id: request.dataset_id,
      purpose_code: request.purpose_code,
      legal_basis: request.legal_basis,
      state: "ACTIVE",
      ...agreed,
    });
  }
}

/** The publisher signs first, then the requester; each with a key that the agency has registered. */
export async function signAgreement(
  db: Db,
  actor: Actor,
  { requestId, jws }: { readonly requestId: string; readonly jws: string },
  options: Options & { readonly newGrantId: () => string },
): Promise<SharingOutcome> {
  const { nowMs, newGrantId } = options;
  return db.transaction().execute(async (transaction) => {
    const found = await findNegotiation(transaction, requestId);
    if (!found) return refused("NOT_FOUND");
    const { request, agreement, publisherId } = found;
    const isPublisher = actor.agencyId === publisherId;
    if (!isPublisher && actor.agencyId !== request.requester_id) return refused("NOT_FOUND");
    if (!agreement) return refused("ILLEGAL_TRANSITION");
    if (await isKnownSignature(transaction, jws)) return refused("SIGNATURE_REPLAYED");
    const key = await findSigningKey(transaction, keyIdOf(jws) ?? "");
    if (key?.agency_id !== actor.agencyId) return refused("SIGNATURE_INVALID");
    const signed = await verifySignature(jws, key.public_jwk);
    if (signed === undefined) return refused("SIGNATURE_INVALID");
    // A good signature, but under another document: of an older version, or of another agreement.
    if (signed !== agreement.document) return refused("SIGNATURE_REPLAYED");
    // An agency that publishes and requests signs in turn.
    const signsFirst = isPublisher && agreement.state === "ACCEPTED";
    const state = signsFirst ? "AGREED" : "VERIFIED";
    const mayVerify = actor.agencyId === request.requester_id;
    if (!isLegal("NEGOTIATION", agreement.state, state) || (!signsFirst && !mayVerify)) {
      return refused("ILLEGAL_TRANSITION");
    }
    const changed = { changed_by: actor.id, changed_at: new Date(nowMs) };
    await updateAgreement(transaction, agreement.id, {
      state,
      ...(signsFirst ? { publisher_jws: jws } : { requester_jws: jws }),
      ...changed,
      change_reason: signsFirst ? "signed by the publisher" : "signed by the requester",
    });
    if (!signsFirst) {
      await updateAgreement(transaction, agreement.id, {
        state: "FINALIZED",
        ...changed,
        change_reason: "both signatures verified",
      });
      await grantAccess(transaction, actor, { request, agreement }, { nowMs, newId: newGrantId });
    }
    return reread(transaction, requestId);
  });
}
