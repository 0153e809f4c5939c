/** Changes of bulletins in the database, and the events that tell of them. One SQL statement a function. */
import { type Kysely, sql } from "kysely";
import { bulletinChannel } from "./bulletin-channel.ts";
import type { BulletinRow } from "./bulletin.store.ts";
import type {
  BulletinEventKind,
  BulletinEventTable,
  BulletinTable,
  HealthTables,
} from "./tables.ts";

type Db = Kysely<HealthTables>;

export type BulletinEvent = {
  /** Rises with each change; pass it as `after` to go on from here. */
  readonly seq: bigint;
  readonly kind: BulletinEventKind;
  /** As it is now, which may be newer than the event. */
  readonly bulletin: BulletinRow;
};

/** In the order of commits, at most `limit`. */
export async function bulletinEventsAfter(
  db: Db,
  after: bigint,
  limit: number,
): Promise<BulletinEvent[]> {
  const rows = await db
    .selectFrom("bulletin_event")
    .innerJoin("bulletin", "bulletin.id", "bulletin_event.bulletin_id")
    .selectAll("bulletin")
    .select(["bulletin_event.seq", "bulletin_event.kind"])
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
  return rows.map(({ seq, kind, ...bulletin }) => ({ seq, kind, bulletin }));
}

/** The `seq` of the last event, 0 before the first. */
export async function lastBulletinEvent(db: Db): Promise<bigint> {
  const { last } = await db
    .selectFrom("bulletin_event")
    .select((eb) => eb.fn.max("seq").as("last"))
    .executeTakeFirstOrThrow();
  return last ?? 0n;
}

/** Changes take turns: the order of events is that of their commits, and each sees the one before. */
export const takeTurn = async (transaction: Db): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtext('health bulletin'))`.execute(transaction);
};

export type EarlierRequest = Pick<BulletinEventTable, "bulletin_id" | "request_digest">;

export const earlierRequest = (
  transaction: Db,
  agencyId: string,
  idempotencyKey: string,
): Promise<EarlierRequest | undefined> =>
  transaction
    .selectFrom("bulletin_event")
    .select(["bulletin_id", "request_digest"])
    .where("agency_id", "=", agencyId)
    .where("idempotency_key", "=", idempotencyKey)
    .executeTakeFirst();

export const insertBulletin = async (transaction: Db, row: BulletinTable): Promise<void> => {
  await transaction.insertInto("bulletin").values(row).execute();
};

/** Keeps what a bulletin says now, before it says something else. */
export const keepRevision = async (
  transaction: Db,
  row: BulletinRow,
  replacedAt: Date,
): Promise<void> => {
  const { id, revision, title_en, title_ar, body_en, body_ar } = row;
  const { severity, audience, valid_from, valid_until } = row;
  const texts = { title_en, title_ar, body_en, body_ar };
  const rest = { revision, severity, audience, valid_from, valid_until };
  await transaction
    .insertInto("bulletin_revision")
    .values({ bulletin_id: id, ...texts, ...rest, replaced_at: replacedAt })
    .execute();
};

export const updateBulletin = async (
  transaction: Db,
  id: string,
  change: Partial<BulletinTable>,
): Promise<void> => {
  await transaction.updateTable("bulletin").set(change).where("id", "=", id).execute();
};

/** Listeners are woken when the transaction commits, and not when it does not. */
export const recordEvent = async (
  transaction: Db,
  event: Omit<BulletinEventTable, "seq">,
): Promise<void> => {
  await transaction.insertInto("bulletin_event").values(event).execute();
  await sql`select pg_notify(${bulletinChannel}::text, '')`.execute(transaction);
};
