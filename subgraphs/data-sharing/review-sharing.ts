/**
 * The publisher's answer to a request: an assessment by the Five Safes, then a decision by somebody
 * else, and by a second one where the risk is high. An approval offers an agreement.
 */
import type { Kysely } from "kysely";
import { badUserInput } from "../kit/errors.ts";
import { type AgreementWish, offerAgreement } from "./agree-sharing.ts";
import { findDatasets } from "./dataset.store.ts";
import { reread, type SharingOutcome } from "./request-sharing.ts";
import type { Actor } from "./sharing.actor.ts";
import {
  type Assessment,
  isLegal,
  isSecondPairOfEyes,
  minReasonCharacters,
  needsSecondReview,
  problemOfAssessment,
  refused,
  riskOf,
} from "./sharing.rules.ts";
import { lockRequest, updateRequest } from "./sharing.store.ts";
import type { DataSharingTables } from "./tables.ts";

type Db = Kysely<DataSharingTables>;

/** @throws GraphQLError BAD_USER_INPUT for a score out of range or without a reason. */
export async function assessRequest(
  db: Db,
  actor: Actor,
  { id, assessment }: { readonly id: string; readonly assessment: Assessment },
  nowMs: number,
): Promise<SharingOutcome> {
  const problem = problemOfAssessment(assessment);
  if (problem !== undefined) throw badUserInput(problem);
  return db.transaction().execute(async (transaction) => {
    const request = await lockRequest(transaction, id);
    const [dataset] = request ? await findDatasets(transaction, [request.dataset_id]) : [];
    if (!request || dataset?.publisher_id !== actor.agencyId) return refused("NOT_FOUND");
    if (!isLegal("REQUEST", request.state, "ASSESSED")) return refused("ILLEGAL_TRANSITION");
    if (!isSecondPairOfEyes(actor.id, [request.requested_by])) return refused("SAME_EYES");
    const risk = riskOf(assessment);
    await updateRequest(transaction, id, {
      state: "ASSESSED",
      assessment: JSON.stringify(assessment),
      risk,
      needs_second_review: needsSecondReview(risk, dataset),
      assessed_by: actor.id,
      changed_by: actor.id,
      changed_at: new Date(nowMs),
      change_reason: `assessed with a risk of ${risk}`,
    });
    return reread(transaction, id);
  });
}

export type Decision =
  | { readonly kind: "APPROVE"; readonly terms: AgreementWish; readonly reason: string }
  | { readonly kind: "REJECT"; readonly reason: string };

type Options = { readonly nowMs: number; readonly newId: () => string };

/**
 * The first approval of a request of high risk only lets it wait for the second; the terms are those
 * of the last one who approves.
 * @throws GraphQLError BAD_USER_INPUT without a reason, or for terms beyond the request.
 */
export async function decideRequest(
  db: Db,
  actor: Actor,
  { id, decision }: { readonly id: string; readonly decision: Decision },
  { nowMs, newId }: Options,
): Promise<SharingOutcome> {
  const { reason } = decision;
  if (reason.trim().length < minReasonCharacters) {
    throw badUserInput(`\`reason\` must be of ${minReasonCharacters} characters or more.`);
  }
  return db.transaction().execute(async (transaction) => {
    const request = await lockRequest(transaction, id);
    const [dataset] = request ? await findDatasets(transaction, [request.dataset_id]) : [];
    if (!request || dataset?.publisher_id !== actor.agencyId) return refused("NOT_FOUND");
    const isFirst = request.state === "ASSESSED";
    const approved = isFirst && request.needs_second_review ? "AWAITING_SECOND_REVIEW" : "APPROVED";
    const state = decision.kind === "REJECT" ? "REJECTED" : approved;
    if (!isLegal("REQUEST", request.state, state)) return refused("ILLEGAL_TRANSITION");
    const before = [request.requested_by, request.assessed_by, request.approved_by];
    if (!isSecondPairOfEyes(actor.id, before)) return refused("SAME_EYES");
    const changed = {
      changed_by: actor.id,
      changed_at: new Date(nowMs),
      change_reason: reason.trim(),
    };
    const eyes = isFirst ? { approved_by: actor.id } : { second_approved_by: actor.id };
    const approver = decision.kind === "APPROVE" ? eyes : {};
    await updateRequest(transaction, id, { state, ...approver, ...changed });
    if (decision.kind === "APPROVE" && state === "APPROVED") {
      await offerAgreement(transaction, actor, { request, wish: decision.terms }, { nowMs, newId });
    }
    return reread(transaction, id);
  });
}
