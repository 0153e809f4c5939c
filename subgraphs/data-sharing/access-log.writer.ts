/**
 * The one way into the access log. Accesses that come while a write is under way are written together
 * by the next one (group commit), each with its place, and the tree's new head is signed in the same
 * transaction. `write` resolves once the entry is committed: who hands data over awaits it first.
 */
import type { Insertable, Kysely } from "kysely";
import { type Access, chain, type HashedEntry, startOfLog } from "./access-log.rules.ts";
import {
  findLastTreeHead,
  findTip,
  insertEntries,
  insertTreeHead,
  lockAccessLog,
} from "./access-log.store.ts";
import {
  type Frontier,
  growFrontier,
  rootOfFrontier,
  sizeOfFrontier,
} from "./merkle-tree.rules.ts";
import type { DataAccessTable, DataSharingTables } from "./tables.ts";
import { readSignedFrontier, type TreeHeadKey } from "./tree-head.ts";

type Db = Kysely<DataSharingTables>;

/** A line of a person's own account of who read what. */
export type PersonalAccess = Insertable<DataAccessTable>;

export type Submission = {
  readonly access: Access;
  readonly personal: readonly PersonalAccess[];
};

/**
 * Looks at accesses once more when their place in the log is taken, in the same transaction: what was
 * revoked since comes out as a refusal.
 */
export type Settle = (
  db: Db,
  submissions: readonly Submission[],
  nowMs: number,
) => Promise<readonly Access[]>;

export type AccessLogWriter = {
  readonly write: (access: Access, personal?: readonly PersonalAccess[]) => Promise<HashedEntry>;
};

export type WriterDeps = {
  readonly db: Db;
  readonly key: TreeHeadKey;
  readonly clock: () => number;
  readonly settle: Settle;
};

/** One statement's worth: well below PostgreSQL's 65,535 parameters. */
const maxBatch = 500;

/** The tree as it was last signed. What the database says of it must fit the signature. */
async function readFrontier(db: Db, key: TreeHeadKey): Promise<Frontier> {
  const row = await findLastTreeHead(db);
  if (!row) return [];
  const frontier = readSignedFrontier(row, key);
  if (frontier) return frontier;
  throw new Error(
    `The access log's tree head ${row.tree_size} does not bear our signature: nothing is written, and nothing handed over, before it is looked into.`,
  );
}

async function append(
  deps: WriterDeps,
  submissions: readonly Submission[],
): Promise<HashedEntry[]> {
  const { db, key, clock, settle } = deps;
  const nowMs = clock();
  return db.transaction().execute(async (transaction) => {
    await lockAccessLog(transaction);
    const accesses = await settle(transaction, submissions, nowMs);
    const tip = (await findTip(transaction)) ?? startOfLog;
    const signed = await readFrontier(transaction, key);
    if (sizeOfFrontier(signed) !== tip.sequence) {
      throw new Error(
        `The access log has ${tip.sequence} entries, but ${sizeOfFrontier(signed)} were signed: nothing is handed over before it is looked into.`,
      );
    }
    const entries = chain(tip, accesses, new Date(nowMs).toISOString());
    await insertEntries(transaction, entries);
    const hashes = entries.map(({ hash }) => hash);
    const frontier = growFrontier(signed, hashes);
    const head = {
      treeSize: sizeOfFrontier(frontier),
      rootHash: rootOfFrontier(frontier),
      at: entries.at(-1)?.entry.at ?? "",
    };
    await insertTreeHead(transaction, { ...head, frontier, jws: key.sign(head) });
    return entries;
  });
}

type Waiting = Submission & {
  readonly resolve: (entry: HashedEntry) => void;
  readonly reject: (error: unknown) => void;
};

export function createAccessLogWriter(deps: WriterDeps): AccessLogWriter {
  const queue: Waiting[] = [];
  let isWriting = false;

  async function drain(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    while (queue.length > 0) {
      const batch = queue.splice(0, maxBatch);
      try {
        const entries = await append(deps, batch);
        for (const [index, { resolve }] of batch.entries()) resolve(entries[index] as HashedEntry);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isWriting = false;
  }

  return {
    write: (access, personal = []) =>
      new Promise((resolve, reject) => {
        queue.push({ access, personal, resolve, reject });
        void drain();
      }),
  };
}
