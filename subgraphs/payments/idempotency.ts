/**
 * Doing something once per principal, operation and key. The key is claimed and its outcome kept in the
 * transaction of the effects themselves, so that neither can be there without the other: a crash before
 * the commit leaves the key unused, and after it every repeat gets the outcome that was committed.
 */
import type { Kysely, Transaction } from "kysely";
import { decodeOutcome, encodeOutcome, keyReused, requestHash } from "./idempotency.rules.ts";
import { claimKey, findKey, keepOutcome } from "./idempotency.store.ts";
import type { Tables } from "./tables.ts";

export type OnceRequest = {
  readonly principalId: string;
  /** The mutation's name: the same key may be used for two different ones. */
  readonly operation: string;
  /** As checked by `checkIdempotencyKey`. */
  readonly key: string;
  readonly input: Readonly<Record<string, string | bigint>>;
};

/** @throws GraphQLError IDEMPOTENCY_KEY_REUSED for a key that was used with other input. */
export function doOnce<Outcome>(
  db: Kysely<Tables>,
  { principalId, operation, key, input }: OnceRequest,
  now: Date,
  act: (tx: Transaction<Tables>) => Promise<Outcome>,
): Promise<Outcome> {
  const claim = { principalId, operation, key, requestHash: requestHash(input) };
  return db.transaction().execute(async (tx) => {
    const claimed = await claimKey(tx, claim, now);
    if (!claimed.isNew) {
      if (claimed.requestHash !== claim.requestHash) throw keyReused(key);
      return decodeOutcome(claimed.outcome) as Outcome;
    }
    const outcome = await act(tx);
    await keepOutcome(tx, claim, encodeOutcome(outcome));
    return outcome;
  });
}

/** Whether it was done already: what others have to be asked before is not asked again on a repeat. */
export const wasDone = async (
  db: Kysely<Tables>,
  claim: Omit<OnceRequest, "input">,
): Promise<boolean> => (await findKey(db, claim)) !== undefined;
