/**
 * Publishing, correcting and withdrawing bulletins, each in one transaction. Enters: a checked
 * request. Leaves: the bulletin as it is afterwards, or why it was refused. A request that comes
 * again with its key changes nothing and is answered as the first time.
 */
import type { Kysely } from "kysely";
import { bulletinsByIds, bulletinsSuperseding, type BulletinRow } from "./bulletin.store.ts";
import {
  earlierRequest,
  insertBulletin,
  keepRevision,
  recordEvent,
  takeTurn,
  updateBulletin,
} from "./bulletin-change.store.ts";
import {
  type BulletinText,
  digestOf,
  type GivenText,
  type Publisher,
} from "./bulletin-change.rules.ts";
import type { BulletinEventKind, HealthTables } from "./tables.ts";

type Db = Kysely<HealthTables>;

export type BulletinRefusal =
  | "UNKNOWN_BULLETIN"
  | "OF_ANOTHER_AGENCY"
  | "WITHDRAWN"
  | "ALREADY_SUPERSEDED"
  | "REVISION_CHANGED"
  | "IDEMPOTENCY_KEY_USED";

export type BulletinOutcome =
  | { readonly kind: "DONE"; readonly bulletin: BulletinRow; readonly repeated: boolean }
  | {
      readonly kind: "REFUSED";
      readonly reason: BulletinRefusal;
      readonly bulletin: BulletinRow | null;
    };

/** What every change has: who, when, and the key under which it happens once. */
export type ChangeDeps = {
  readonly publisher: Publisher;
  readonly now: Date;
  readonly idempotencyKey: string;
};

const refused = (
  reason: BulletinRefusal,
  bulletin: BulletinRow | null = null,
): BulletinOutcome => ({
  kind: "REFUSED",
  reason,
  bulletin,
});

const bulletinOf = async (db: Db, id: string): Promise<BulletinRow | null> =>
  (await bulletinsByIds(db, [id]))[0] ?? null;

type Change = (transaction: Db) => Promise<{ readonly id: string } | BulletinOutcome>;

/** Runs a change once per key; the event is recorded with it or not at all. */
function once(
  db: Db,
  kind: BulletinEventKind,
  request: object,
  { publisher, now, idempotencyKey }: ChangeDeps,
  change: Change,
): Promise<BulletinOutcome> {
  const digest = digestOf([kind, request]);
  const { agencyId, actorId } = publisher;
  return db.transaction().execute(async (transaction) => {
    await takeTurn(transaction);
    const earlier = await earlierRequest(transaction, agencyId, idempotencyKey);
    if (earlier && earlier.request_digest !== digest) return refused("IDEMPOTENCY_KEY_USED");
    const changed = earlier ? { id: earlier.bulletin_id } : await change(transaction);
    if ("kind" in changed) return changed;
    if (!earlier) {
      await recordEvent(transaction, {
        bulletin_id: changed.id,
        kind,
        happened_at: now,
        agency_id: agencyId,
        actor_id: actorId,
        idempotency_key: idempotencyKey,
        request_digest: digest,
      });
    }
    const bulletin = await bulletinOf(transaction, changed.id);
    if (!bulletin) throw new Error(`The bulletin ${changed.id} has gone.`);
    return { kind: "DONE", bulletin, repeated: earlier !== undefined };
  });
}

const columnsOf = ({ title, body, severity, audience, validFrom, validUntil }: BulletinText) => ({
  title_en: title.en,
  title_ar: title.ar,
  body_en: body.en,
  body_ar: body.ar,
  severity,
  audience,
  valid_from: validFrom,
  valid_until: validUntil,
});

/** The agency's own bulletin that still stands, or why it may not be changed. */
async function ownStanding(
  transaction: Db,
  id: string,
  agencyId: string,
): Promise<BulletinRow | BulletinOutcome> {
  const row = await bulletinOf(transaction, id);
  if (!row) return refused("UNKNOWN_BULLETIN");
  if (row.publisher_id !== agencyId) return refused("OF_ANOTHER_AGENCY");
  return row.withdrawn_at ? refused("WITHDRAWN", row) : row;
}

export type PublishRequest = {
  readonly text: BulletinText;
  readonly supersedesId: string | null;
};

/** Makes a bulletin known from now on; it may take the place of an older one of the same agency. */
export const publishBulletin = (
  db: Db,
  request: PublishRequest,
  deps: ChangeDeps & { readonly newId: () => string },
): Promise<BulletinOutcome> =>
  once(db, "PUBLISHED", request, deps, async (transaction) => {
    const { agencyId } = deps.publisher;
    const { supersedesId, text } = request;
    if (supersedesId !== null) {
      const older = await ownStanding(transaction, supersedesId, agencyId);
      if ("kind" in older) return older;
      const [newer] = await bulletinsSuperseding(transaction, [supersedesId]);
      if (newer) return refused("ALREADY_SUPERSEDED", newer);
    }
    const id = deps.newId();
    await insertBulletin(transaction, {
      id,
      ...columnsOf(text),
      published_at: deps.now,
      publisher_id: agencyId,
      supersedes_id: supersedesId,
      sample: false,
      revision: 1,
      revised_at: null,
      withdrawn_at: null,
      withdrawal_en: null,
      withdrawal_ar: null,
    });
    return { id };
  });

export type CorrectRequest = {
  readonly id: string;
  readonly expectedRevision: number;
  readonly text: BulletinText;
};

/** Replaces what a bulletin says; what it said before is kept. */
export const correctBulletin = (
  db: Db,
  request: CorrectRequest,
  deps: ChangeDeps,
): Promise<BulletinOutcome> =>
  once(db, "CORRECTED", request, deps, async (transaction) => {
    const { id, expectedRevision, text } = request;
    const row = await ownStanding(transaction, id, deps.publisher.agencyId);
    if ("kind" in row) return row;
    if (row.revision !== expectedRevision) return refused("REVISION_CHANGED", row);
    await keepRevision(transaction, row, deps.now);
    const revision = row.revision + 1;
    await updateBulletin(transaction, id, { ...columnsOf(text), revision, revised_at: deps.now });
    return { id };
  });

export type WithdrawRequest = { readonly id: string; readonly reason: GivenText };

/** Takes a bulletin back for good: it is listed no more, and whoever knows its id learns why. */
export const withdrawBulletin = (
  db: Db,
  request: WithdrawRequest,
  deps: ChangeDeps,
): Promise<BulletinOutcome> =>
  once(db, "WITHDRAWN", request, deps, async (transaction) => {
    const { id, reason } = request;
    const row = await ownStanding(transaction, id, deps.publisher.agencyId);
    if ("kind" in row) return row;
    await updateBulletin(transaction, id, {
      withdrawn_at: deps.now,
      withdrawal_en: reason.en,
      withdrawal_ar: reason.ar,
    });
    return { id };
  });
