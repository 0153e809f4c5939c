/** Asking for data: a request with purpose, legal basis, fields, recipients and period → its record. */
import type { Kysely } from "kysely";
import { badUserInput } from "../kit/errors.ts";
import { findParticipants } from "./dataset-details.store.ts";
import { findDatasets } from "./dataset.store.ts";
import { findProducts } from "./product.store.ts";
import type { Actor } from "./sharing.actor.ts";
import { isLegal, type Refused, refused } from "./sharing.rules.ts";
import {
  findRequests,
  insertRequest,
  lockRequest,
  lockRequestsOf,
  overlaps,
  type RequestRow,
  updateRequest,
} from "./sharing.store.ts";
import type { DataSharingTables, LegalBasis, PurposeCode } from "./tables.ts";

type Db = Kysely<DataSharingTables>;

export type SharingOutcome = { readonly kind: "DONE"; readonly request: RequestRow } | Refused;

export type SharingWish = {
  readonly datasetId: string;
  readonly purpose: PurposeCode;
  readonly purposeText: string;
  readonly legalBasis: LegalBasis;
  readonly fields: readonly string[];
  readonly recipients: readonly string[];
  readonly from: Date;
  readonly until: Date;
};

const minPurposeCharacters = 20;
const maxPeriodMs = 5 * 366 * 24 * 60 * 60 * 1_000;

function checkWish({ purposeText, from, until, recipients }: SharingWish, nowMs: number): void {
  if (purposeText.trim().length < minPurposeCharacters) {
    throw badUserInput(
      `\`purposeText\` must tell in ${minPurposeCharacters} characters or more what the data is for.`,
    );
  }
  const lasts = until.getTime() - from.getTime();
  if (!(until.getTime() > nowMs && lasts > 0 && lasts <= maxPeriodMs)) {
    throw badUserInput("`until` must lie after now and after `from`, by at most five years.");
  }
  if (recipients.length === 0 || recipients.length > 50) {
    throw badUserInput("`recipients` must name who will see the data: 1 to 50 names.");
  }
}

/** The record as it is after a change. */
export async function reread(db: Db, id: string): Promise<SharingOutcome> {
  const [request] = await findRequests(db, [id]);
  return request ? { kind: "DONE", request } : refused("NOT_FOUND");
}

/** @throws GraphQLError BAD_USER_INPUT when the request names what is not there or cannot be had. */
export async function requestSharing(
  db: Db,
  actor: Actor,
  wish: SharingWish,
  { nowMs, newId }: { readonly nowMs: number; readonly newId: () => string },
): Promise<SharingOutcome> {
  checkWish(wish, nowMs);
  const { datasetId } = wish;
  const [[dataset], [product], [requester]] = await Promise.all([
    findDatasets(db, [datasetId]),
    findProducts(db, [datasetId]),
    findParticipants(db, [actor.agencyId]),
  ]);
  if (!requester) throw badUserInput(`${actor.agencyId} takes no part in data sharing.`);
  if (!dataset) throw badUserInput("There is no dataset with this `datasetId`.");
  if (!product) {
    throw badUserInput("This dataset cannot be queried here: choose one with `Dataset.product`.");
  }
  const known = product.fields.map(({ name }) => name);
  const unknown = wish.fields.find((name) => !known.includes(name));
  if (wish.fields.length === 0 || unknown !== undefined) {
    throw badUserInput(`\`fields\` must name at least one of: ${known.join(", ")}.`);
  }
  const id = newId();
  const now = new Date(nowMs);
  const row = {
    id,
    dataset_id: datasetId,
    requester_id: actor.agencyId,
    requested_by: actor.id,
    requested_at: now,
    purpose_code: wish.purpose,
    purpose_text: wish.purposeText.trim(),
    legal_basis: wish.legalBasis,
    fields: JSON.stringify(known.filter((name) => wish.fields.includes(name))),
    recipients: JSON.stringify(wish.recipients),
    from_at: wish.from,
    until_at: wish.until,
    state: "SUBMITTED" as const,
    changed_by: actor.id,
    changed_at: now,
    change_reason: "requested",
  };
  return db.transaction().execute(async (transaction) => {
    await lockRequestsOf(transaction, actor.agencyId);
    if (await overlaps(transaction, row)) return refused("OVERLAPPING_REQUEST");
    await insertRequest(transaction, row);
    return reread(transaction, id);
  });
}

export async function withdrawRequest(
  db: Db,
  actor: Actor,
  id: string,
  nowMs: number,
): Promise<SharingOutcome> {
  return db.transaction().execute(async (transaction) => {
    const request = await lockRequest(transaction, id);
    if (request?.requester_id !== actor.agencyId) return refused("NOT_FOUND");
    if (!isLegal("REQUEST", request.state, "WITHDRAWN")) return refused("ILLEGAL_TRANSITION");
    await updateRequest(transaction, id, {
      state: "WITHDRAWN",
      changed_by: actor.id,
      changed_at: new Date(nowMs),
      change_reason: "withdrawn by the requester",
    });
    return reread(transaction, id);
  });
}
