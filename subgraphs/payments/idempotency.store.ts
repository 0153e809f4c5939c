/** Claims an idempotency key and remembers what came of it, in the transaction of the effects themselves. */
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./tables.ts";

export type Claim = {
  readonly principalId: string;
  readonly operation: string;
  readonly key: string;
  readonly requestHash: string;
};

export type Claimed =
  | { readonly isNew: true }
  | { readonly isNew: false; readonly requestHash: string; readonly outcome: string };

const where = ({ principalId, operation, key }: Omit<Claim, "requestHash">) => ({
  principal_id: principalId,
  operation,
  key,
});

/**
 * The first to claim a key goes on; whoever comes meanwhile waits here for the first to commit, and
 * then finds its outcome (or, if the first rolled back, goes on itself).
 */
export async function claimKey(tx: Transaction<Tables>, claim: Claim, now: Date): Promise<Claimed> {
  const inserted = await tx
    .insertInto("idempotency")
    .values({ ...where(claim), request_hash: claim.requestHash, outcome: null, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning("key")
    .executeTakeFirst();
  if (inserted) return { isNew: true };
  const { request_hash: requestHash, outcome } = await tx
    .selectFrom("idempotency")
    .select(["request_hash", "outcome"])
    .where((eb) => eb.and(where(claim)))
    .executeTakeFirstOrThrow();
  if (outcome === null) throw new Error("An idempotency key was committed without its outcome.");
  return { isNew: false, requestHash, outcome };
}

export async function keepOutcome(
  tx: Transaction<Tables>,
  claim: Claim,
  outcome: string,
): Promise<void> {
  await tx
    .updateTable("idempotency")
    .set({ outcome })
    .where((eb) => eb.and(where(claim)))
    .execute();
}

export const findKey = (db: Kysely<Tables>, claim: Omit<Claim, "requestHash">) =>
  db
    .selectFrom("idempotency")
    .select("key")
    .where((eb) => eb.and(where(claim)))
    .executeTakeFirst();

/** Keys are promised for 24 hours; older ones may go. */
export const keyLifeMs = 24 * 60 * 60_000;

/** Forgets keys whose promise is over. A key that comes again after that is a new one. */
export async function pruneKeys(db: Kysely<Tables>, now: Date): Promise<bigint> {
  const { numDeletedRows } = await db
    .deleteFrom("idempotency")
    .where("created_at", "<", new Date(now.getTime() - keyLifeMs))
    .executeTakeFirst();
  return numDeletedRows;
}
