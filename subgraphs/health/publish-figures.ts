/**
 * Publishing daily figures in one transaction. Enters: checked figures. Leaves: how many of them were
 * new or other than what was known; only these become revisions. Once per key.
 */
import type { Kysely } from "kysely";
import type { Publisher } from "./bulletin-change.rules.ts";
import { digestOf } from "./bulletin-change.rules.ts";
import type { DayFigure } from "./figure.rules.ts";
import {
  differing,
  earlierPublication,
  insertPublication,
  insertRevisions,
  replaceFigures,
  takeTurn,
} from "./figure.store.ts";
import type { HealthTables } from "./tables.ts";

export type FiguresRequest = { readonly figures: readonly DayFigure[]; readonly source: string };

export type FiguresOutcome =
  | { readonly kind: "DONE"; readonly changed: number; readonly repeated: boolean }
  | { readonly kind: "IDEMPOTENCY_KEY_USED" };

type FiguresDeps = {
  readonly publisher: Publisher;
  readonly now: Date;
  readonly idempotencyKey: string;
};

/** Within a transaction that the caller has begun. */
export async function recordFigures(
  transaction: Kysely<HealthTables>,
  request: FiguresRequest,
  { publisher, now, idempotencyKey }: FiguresDeps,
): Promise<FiguresOutcome> {
  const { agencyId, actorId } = publisher;
  const { figures, source } = request;
  const digest = digestOf(request);
  await takeTurn(transaction);
  const earlier = await earlierPublication(transaction, agencyId, idempotencyKey);
  if (earlier) {
    if (earlier.request_digest !== digest) return { kind: "IDEMPOTENCY_KEY_USED" };
    return { kind: "DONE", changed: earlier.changed, repeated: true };
  }
  const changes = await differing(transaction, figures);
  const publicationId = await insertPublication(transaction, {
    agency_id: agencyId,
    actor_id: actorId,
    recorded_at: now,
    source,
    idempotency_key: idempotencyKey,
    request_digest: digest,
    changed: changes.length,
  });
  if (changes.length > 0) {
    await insertRevisions(transaction, publicationId, now, changes);
    await replaceFigures(transaction, now, source, changes);
  }
  return { kind: "DONE", changed: changes.length, repeated: false };
}

export const publishFigures = (
  db: Kysely<HealthTables>,
  request: FiguresRequest,
  deps: FiguresDeps,
): Promise<FiguresOutcome> =>
  db.transaction().execute((transaction) => recordFigures(transaction, request, deps));
