/** The access log in the database; one SQL statement a function. Nothing here can change an entry. */
import { type Kysely, type Selectable, sql } from "kysely";
import type { AccessLogEntry, HashedEntry, Tip } from "./access-log.rules.ts";
import type { GrantUse, PersonalAccess } from "./access-log.writer.ts";
import type { Frontier, Hash } from "./merkle-tree.rules.ts";
import type { AccessLogEntryTable, AccessLogTreeHeadTable } from "./access-log.tables.ts";
import type { DataSharingTables } from "./tables.ts";

type Db = Kysely<DataSharingTables>;
type EntryRow = Selectable<AccessLogEntryTable>;
export type TreeHeadRow = Selectable<AccessLogTreeHeadTable>;

const toRow = ({ entry, hash }: HashedEntry) => ({
  sequence: BigInt(entry.sequence),
  at: new Date(entry.at),
  actor: entry.actor,
  agency_id: entry.agencyId,
  subject_id: entry.subjectId,
  dataset_id: entry.datasetId,
  purpose: entry.purpose,
  operation: entry.operation,
  fields: JSON.stringify(entry.fields),
  row_count: entry.rowCount,
  suppressed_cells: entry.suppressedCells,
  outcome: entry.outcome,
  refusal: entry.refusal,
  request_id: entry.requestId,
  previous_hash: entry.previousHash,
  hash,
});

const toEntry = (row: EntryRow): AccessLogEntry => ({
  sequence: Number(row.sequence),
  at: row.at.toISOString(),
  actor: row.actor,
  agencyId: row.agency_id,
  subjectId: row.subject_id,
  datasetId: row.dataset_id,
  purpose: row.purpose,
  operation: row.operation,
  fields: row.fields,
  rowCount: row.row_count,
  suppressedCells: row.suppressed_cells,
  outcome: row.outcome,
  refusal: row.refusal,
  requestId: row.request_id,
  previousHash: row.previous_hash,
});

const toHashed = (row: EntryRow): HashedEntry => ({ entry: toEntry(row), hash: row.hash });

/** Lets the writers of all processes wait for each other until the transaction ends. */
export async function lockAccessLog(db: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('data-sharing/access-log', 0))`.execute(
    db,
  );
}

export async function findTip(db: Db): Promise<Tip | undefined> {
  const row = await db
    .selectFrom("access_log_entry")
    .select(["sequence", "at", "hash"])
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && { sequence: Number(row.sequence), at: row.at.toISOString(), hash: row.hash };
}

export const insertEntries = (db: Db, entries: readonly HashedEntry[]): Promise<unknown> =>
  db.insertInto("access_log_entry").values(entries.map(toRow)).execute();

/** In their order in the log, `limit` of them behind `after`. */
export const listEntries = async (db: Db, after: number, limit: number): Promise<HashedEntry[]> =>
  (
    await db
      .selectFrom("access_log_entry")
      .selectAll()
      .where("sequence", ">", BigInt(after))
      .orderBy("sequence")
      .limit(limit)
      .execute()
  ).map(toHashed);

/** The hashes of entries in their order: leaves of the tree of `upTo` entries. */
export const listHashes = async (
  db: Db,
  { after = 0, upTo }: { readonly after?: number; readonly upTo: number },
): Promise<Hash[]> =>
  (
    await db
      .selectFrom("access_log_entry")
      .select("hash")
      .where("sequence", ">", BigInt(after))
      .where("sequence", "<=", BigInt(upTo))
      .orderBy("sequence")
      .execute()
  ).map(({ hash }) => hash);

export const findLastTreeHead = (db: Db): Promise<TreeHeadRow | undefined> =>
  db
    .selectFrom("access_log_tree_head")
    .selectAll()
    .orderBy("tree_size", "desc")
    .limit(1)
    .executeTakeFirst();

export const findTreeHead = (db: Db, size: number): Promise<TreeHeadRow | undefined> =>
  db
    .selectFrom("access_log_tree_head")
    .selectAll()
    .where("tree_size", "=", BigInt(size))
    .executeTakeFirst();

export const listTreeHeads = (db: Db, after: number, limit: number): Promise<TreeHeadRow[]> =>
  db
    .selectFrom("access_log_tree_head")
    .selectAll()
    .where("tree_size", ">", BigInt(after))
    .orderBy("tree_size")
    .limit(limit)
    .execute();

export type NewTreeHead = {
  readonly treeSize: number;
  readonly rootHash: Hash;
  readonly at: string;
  readonly frontier: Frontier;
  readonly jws: string;
};

export type AppendRequest = {
  /** Where the log must end for this to be written. */
  readonly tip: Tip & { readonly rootHash: Hash };
  readonly entries: readonly HashedEntry[];
  readonly head: NewTreeHead;
  /** Grants that must hold now. */
  readonly grantIds: readonly string[];
  readonly now: Date;
  readonly personal: readonly PersonalAccess[];
  readonly uses: readonly GrantUse[];
};

/** How often each grant is used in its hour. */
function countUses(uses: readonly GrantUse[]) {
  const counted = new Map<string, { grant_id: string; hour: Date; times: number; most: number }>();
  for (const { grantId, hour, limit } of uses) {
    const key = `${grantId} ${hour.getTime()}`;
    const times = (counted.get(key)?.times ?? 0) + 1;
    counted.set(key, { grant_id: grantId, hour, times, most: limit });
  }
  return [...counted.values()];
}

const json = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? Number(one) : one));
/** Columns of JSON are written as text, which here would be text in JSON. */
const withFields = <Row extends { readonly fields: string }>(row: Row) => ({
  ...row,
  fields: JSON.parse(row.fields) as unknown,
});

/** Checks and writes all of it in one statement, or nothing. */
export async function appendEntries(
  db: Db,
  { tip, entries, head, grantIds, now, personal, uses }: AppendRequest,
): Promise<"WRITTEN" | "MOVED" | "CHANGED"> {
  const consents = personal.flatMap(({ consent_id: id }) => id ?? []);
  const headRow = {
    tree_size: head.treeSize,
    root_hash: head.rootHash,
    frontier: head.frontier,
    at: head.at,
    jws: head.jws,
  };
  const { rows } = await sql<{ verdict: "WRITTEN" | "MOVED" | "CHANGED" }>`
    select append_accesses(${json(tip)}::jsonb, ${json(entries.map(toRow).map(withFields))}::jsonb,
      ${json(headRow)}::jsonb, ${sql.val([...grantIds])}::text[], ${now}::timestamptz,
      ${json(personal.map(withFields))}::jsonb, ${sql.val([...new Set(consents)])}::text[],
      ${json(countUses(uses))}::jsonb) as verdict`.execute(db);
  return rows[0]?.verdict ?? "MOVED";
}

export const insertTreeHead = (db: Db, head: NewTreeHead): Promise<unknown> =>
  db
    .insertInto("access_log_tree_head")
    .values({
      tree_size: BigInt(head.treeSize),
      root_hash: head.rootHash,
      frontier: JSON.stringify(head.frontier),
      at: new Date(head.at),
      jws: head.jws,
    })
    .execute();

/** Entries of what an agency did or of what was done with its datasets; without an agency, all. */
const entriesOf = (db: Db, agencyId: string | undefined) =>
  db.selectFrom("access_log_entry").$if(agencyId !== undefined, (query) =>
    query.where((eb) =>
      eb.or([
        eb("agency_id", "=", agencyId ?? ""),
        eb(
          "dataset_id",
          "in",
          eb
            .selectFrom("dataset")
            .select("id")
            .where("publisher_id", "=", agencyId ?? ""),
        ),
      ]),
    ),
  );

/** The newest first, from before a place in the log. */
export const listEntriesOfAgency = async (
  db: Db,
  agencyId: string | undefined,
  before: number | undefined,
  limit: number,
): Promise<HashedEntry[]> =>
  (
    await entriesOf(db, agencyId)
      .selectAll()
      .$if(before !== undefined, (query) => query.where("sequence", "<", BigInt(before ?? 0)))
      .orderBy("sequence", "desc")
      .limit(limit)
      .execute()
  ).map(toHashed);

export async function countEntriesOfAgency(db: Db, agencyId: string | undefined): Promise<number> {
  const { total } = await entriesOf(db, agencyId)
    .select(db.fn.countAll<bigint>().as("total"))
    .executeTakeFirstOrThrow();
  return Number(total);
}
