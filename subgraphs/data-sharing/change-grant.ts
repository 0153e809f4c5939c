/** Suspension, resumption and revocation of a grant by the publisher, with effect at once. */
import type { Kysely } from "kysely";
import { badUserInput } from "../kit/errors.ts";
import { findDatasets } from "./dataset.store.ts";
import { reread, type SharingOutcome } from "./request-sharing.ts";
import type { Actor } from "./sharing.actor.ts";
import { type GrantState, isLegal, minReasonCharacters, refused } from "./sharing.rules.ts";
import { findGrants, lockRequest, updateGrant } from "./sharing.store.ts";
import type { DataSharingTables } from "./tables.ts";

export type GrantChange = {
  readonly grantId: string;
  readonly to: GrantState;
  readonly reason: string;
};

/** @throws GraphQLError BAD_USER_INPUT without a reason. */
export async function changeGrant(
  db: Kysely<DataSharingTables>,
  actor: Actor,
  { grantId, to, reason }: GrantChange,
  nowMs: number,
): Promise<SharingOutcome> {
  if (reason.trim().length < minReasonCharacters) {
    throw badUserInput(`\`reason\` must be of ${minReasonCharacters} characters or more.`);
  }
  return db.transaction().execute(async (transaction) => {
    const [first] = await findGrants(transaction, [grantId]);
    if (!first) return refused("NOT_FOUND");
    await lockRequest(transaction, first.request_id);
    const [[grant], [dataset]] = await Promise.all([
      findGrants(transaction, [grantId]),
      findDatasets(transaction, [first.dataset_id]),
    ]);
    if (!grant || dataset?.publisher_id !== actor.agencyId) return refused("NOT_FOUND");
    if (!isLegal("GRANT", grant.state, to)) return refused("ILLEGAL_TRANSITION");
    await updateGrant(transaction, grantId, {
      state: to,
      changed_by: actor.id,
      changed_at: new Date(nowMs),
      change_reason: reason.trim(),
    });
    return reread(transaction, grant.request_id);
  });
}
