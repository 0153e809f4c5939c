/**
 * Granting and withdrawing consent: what a person asked → what came of it. Records are only ever
 * added. At most one consent of a person stands for one dataset, body and purpose, so that one
 * withdrawal always ends the use; an advisory lock holds that among grants at the same time.
 */
import type { Kysely } from "kysely";
import { badUserInput } from "../kit/errors.ts";
import { checkPurpose, checkUntil, chooseFields, statusOfConsent } from "./consent.rules.ts";
import {
  type ConsentRow,
  findOwnConsents,
  findStandingConsent,
  type Granted,
  insertConsent,
  insertWithdrawal,
  lockGrantsOf,
} from "./consent.store.ts";
import { findParticipants } from "./dataset-details.store.ts";
import { findDatasets } from "./dataset.store.ts";
import { purposeTexts } from "./purpose.rules.ts";
import type { DataSharingTables } from "./tables.ts";

type Db = Kysely<DataSharingTables>;

export type GrantRequest = Granted & { readonly fields: readonly string[]; readonly until: Date };

export type ConsentOutcome =
  | { readonly kind: "GRANTED" | "WITHDRAWN"; readonly consent: ConsentRow }
  | { readonly kind: "ALREADY_GRANTED"; readonly consent: ConsentRow }
  | { readonly kind: "ALREADY_WITHDRAWN"; readonly consent: ConsentRow }
  | { readonly kind: "EXPIRED"; readonly consent: ConsentRow }
  | { readonly kind: "NOT_FOUND" };

/** @throws GraphQLError BAD_USER_INPUT when the request names what is not there or cannot be granted. */
export async function grantConsent(
  db: Db,
  request: GrantRequest,
  { nowMs, newId }: { readonly nowMs: number; readonly newId: () => string },
): Promise<ConsentOutcome> {
  const { personId, datasetId, grantedTo, purpose, until } = request;
  checkPurpose(purpose);
  checkUntil(until, nowMs);
  const [dataset] = await findDatasets(db, [datasetId]);
  if (!dataset) {
    throw badUserInput("There is no dataset with this `datasetId`: take one from `datasets`.");
  }
  const fields = chooseFields(request.fields, dataset.personal_fields);
  const [participant] = await findParticipants(db, [grantedTo]);
  if (!participant) {
    throw badUserInput("`grantedTo` takes no part in data sharing: name an agency of the city.");
  }
  const now = new Date(nowMs);
  return db.transaction().execute(async (transaction) => {
    await lockGrantsOf(transaction, personId);
    const standing = await findStandingConsent(transaction, request, now);
    if (standing) return { kind: "ALREADY_GRANTED", consent: standing };
    const row = {
      id: newId(),
      person_id: personId,
      dataset_id: datasetId,
      granted_to: grantedTo,
      purpose_code: purpose,
      purpose_en: purposeTexts[purpose].en,
      purpose_ar: purposeTexts[purpose].ar,
      fields,
      since: now,
      until,
    };
    await insertConsent(transaction, row);
    return { kind: "GRANTED", consent: { ...row, withdrawn_at: null } };
  });
}

const findOwn = async (db: Db, personId: string, id: string): Promise<ConsentRow | undefined> =>
  (await findOwnConsents(db, personId, [id]))[0];

/** Somebody else's consent is NOT_FOUND, like one that never was. */
export async function withdrawConsent(
  db: Db,
  { personId, id }: { readonly personId: string; readonly id: string },
  nowMs: number,
): Promise<ConsentOutcome> {
  const consent = await findOwn(db, personId, id);
  if (!consent) return { kind: "NOT_FOUND" };
  const { until, withdrawn_at: withdrawnAt } = consent;
  const status = statusOfConsent({ until, withdrawnAt }, nowMs);
  if (status === "WITHDRAWN") return { kind: "ALREADY_WITHDRAWN", consent };
  if (status === "EXPIRED") return { kind: "EXPIRED", consent };
  const now = new Date(nowMs);
  if (await insertWithdrawal(db, id, now)) {
    return { kind: "WITHDRAWN", consent: { ...consent, withdrawn_at: now } };
  }
  // Another request was faster by a moment.
  return { kind: "ALREADY_WITHDRAWN", consent: (await findOwn(db, personId, id)) ?? consent };
}
