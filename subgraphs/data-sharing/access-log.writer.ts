/**
 * The one way into the access log. Accesses that come while a write is under way are written together
 * by the next one (group commit), each with its place, and the tree's new head is signed in the same
 * transaction. `write` resolves once the entry is committed: who hands data over awaits it first.
 */
import type { Insertable, Kysely } from "kysely";
import { appendAtOnce, appendStepByStep, type LogEnd } from "./access-log.append.ts";
import type { Access, HashedEntry } from "./access-log.rules.ts";
import type { DataAccessTable, DataSharingTables } from "./tables.ts";
import type { TreeHeadKey } from "./tree-head.ts";

type Db = Kysely<DataSharingTables>;

/** A line of a person's own account of who read what. */
export type PersonalAccess = Insertable<DataAccessTable>;

/** One use of a grant, of which an hour has so many. */
export type GrantUse = { readonly grantId: string; readonly hour: Date; readonly limit: number };

export type Submission = {
  readonly access: Access;
  readonly personal: readonly PersonalAccess[];
  /** Counted in the same transaction; undefined for what is refused before it counts. */
  readonly use?: GrantUse | undefined;
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
  readonly write: (
    access: Access,
    beside?: Partial<Omit<Submission, "access">>,
  ) => Promise<HashedEntry>;
};

export type WriterDeps = {
  readonly db: Db;
  readonly key: TreeHeadKey;
  readonly clock: () => number;
  readonly settle: Settle;
};

/** One statement's worth: well below PostgreSQL's 65,535 parameters. */
const maxBatch = 500;

type Waiting = Submission & {
  readonly resolve: (entry: HashedEntry) => void;
  readonly reject: (error: unknown) => void;
};

export function createAccessLogWriter(deps: WriterDeps): AccessLogWriter {
  const queue: Waiting[] = [];
  let isWriting = false;
  /** Undefined when it is not known: at first, and after a write of which we do not know the end. */
  let end: LogEnd | undefined;
  let written: LogEnd["tip"] | undefined;

  async function append(batch: readonly Submission[]): Promise<readonly HashedEntry[]> {
    const known = end;
    end = undefined;
    const appended =
      (known && (await appendAtOnce(deps, batch, known))) ??
      (await appendStepByStep(deps, batch, written));
    ({ end } = appended);
    written = end.tip;
    return appended.entries;
  }

  async function drain(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    while (queue.length > 0) {
      const batch = queue.splice(0, maxBatch);
      try {
        const entries = await append(batch);
        for (const [index, { resolve }] of batch.entries()) resolve(entries[index] as HashedEntry);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isWriting = false;
  }

  return {
    write: (access, { personal = [], use } = {}) =>
      new Promise((resolve, reject) => {
        queue.push({ access, personal, use, resolve, reject });
        void drain();
      }),
  };
}
