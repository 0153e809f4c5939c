/**
 * A group of accesses → entries of the log, one way or the other, in one transaction either way. At
 * once: the writer knows where the log ends, and one statement checks all and writes all (migration
 * 0011). Step by step: when the log ends elsewhere, or when something has to be refused meanwhile.
 */
import type { Kysely } from "kysely";
import { type Access, chain, type HashedEntry, startOfLog, type Tip } from "./access-log.rules.ts";
import {
  appendEntries,
  findLastTreeHead,
  findTip,
  insertEntries,
  insertTreeHead,
  listHashes,
  lockAccessLog,
  type NewTreeHead,
} from "./access-log.store.ts";
import type { Submission, WriterDeps } from "./access-log.writer.ts";
import {
  type Frontier,
  growFrontier,
  rootOfFrontier,
  sizeOfFrontier,
} from "./merkle-tree.rules.ts";
import type { DataSharingTables } from "./tables.ts";
import { readSignedFrontier, type TreeHeadKey } from "./tree-head.ts";

type Db = Kysely<DataSharingTables>;

/** Where the log ended when we last wrote to it. */
export type LogEnd = { readonly tip: Tip; readonly frontier: Frontier };
export type Appended = { readonly entries: readonly HashedEntry[]; readonly end: LogEnd };

type Drafted = Appended & { readonly head: NewTreeHead };

function draft(
  { tip, frontier: signed }: LogEnd,
  accesses: readonly Access[],
  { key, nowMs }: { readonly key: TreeHeadKey; readonly nowMs: number },
): Drafted {
  const entries = chain(tip, accesses, new Date(nowMs).toISOString());
  const frontier = growFrontier(
    signed,
    entries.map(({ hash }) => hash),
  );
  const last = entries.at(-1);
  const end = last ? { sequence: last.entry.sequence, at: last.entry.at, hash: last.hash } : tip;
  const root = {
    treeSize: sizeOfFrontier(frontier),
    rootHash: rootOfFrontier(frontier),
    at: end.at,
  };
  const head = { ...root, frontier, jws: key.sign(root) };
  return { entries, end: { tip: end, frontier }, head };
}

/** @returns undefined when nothing was written, for the log ends elsewhere or something changed. */
export async function appendAtOnce(
  { db, key, clock }: WriterDeps,
  submissions: readonly Submission[],
  end: LogEnd,
): Promise<Appended | undefined> {
  const nowMs = clock();
  const accesses = submissions.map(({ access }) => access);
  const drafted = draft(end, accesses, { key, nowMs });
  const granted = accesses.filter(({ outcome }) => outcome === "GRANTED");
  const verdict = await appendEntries(db, {
    tip: { ...end.tip, rootHash: rootOfFrontier(end.frontier) },
    entries: drafted.entries,
    head: drafted.head,
    grantIds: [...new Set(granted.map(({ subjectId }) => subjectId))],
    now: new Date(nowMs),
    personal: submissions.flatMap(({ personal }) => personal),
    uses: submissions.flatMap(({ use }) => use ?? []),
  });
  return verdict === "WRITTEN" ? drafted : undefined;
}

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

/** What we wrote before must still be there, whoever wrote after it. */
async function checkWritten(db: Db, written: Tip): Promise<void> {
  const [last] = await listHashes(db, { after: written.sequence - 1, upTo: written.sequence });
  if (last === written.hash) return;
  throw new Error(
    `Entry ${written.sequence} of the access log is not the one that was written: nothing is handed over before it is looked into.`,
  );
}

/**
 * Reads where the log ends, and lets `settle` refuse what no longer holds.
 * @param written The last entry that this process wrote, if any.
 */
export async function appendStepByStep(
  { db, key, clock, settle }: WriterDeps,
  submissions: readonly Submission[],
  written: Tip | undefined,
): Promise<Appended> {
  const nowMs = clock();
  return db.transaction().execute(async (transaction) => {
    await lockAccessLog(transaction);
    if (written) await checkWritten(transaction, written);
    const accesses = await settle(transaction, submissions, nowMs);
    const tip = (await findTip(transaction)) ?? startOfLog;
    const frontier = await readFrontier(transaction, key);
    if (sizeOfFrontier(frontier) !== tip.sequence) {
      throw new Error(
        `The access log has ${tip.sequence} entries, but ${sizeOfFrontier(frontier)} were signed: nothing is handed over before it is looked into.`,
      );
    }
    const drafted = draft({ tip, frontier }, accesses, { key, nowMs });
    await insertEntries(transaction, drafted.entries);
    await insertTreeHead(transaction, drafted.head);
    return drafted;
  });
}
