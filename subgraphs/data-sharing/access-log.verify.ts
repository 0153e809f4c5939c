/**
 * The audit of the whole log: every entry against its hash and the one before, and the tree that they
 * make against every head that was signed. A rewrite of all entries is found by the heads; a rewrite of
 * both, or a cut-off end, by a head that somebody outside has kept (`keptHeads`).
 */
import type { Kysely } from "kysely";
import { type ChainProblem, problemAfter, startOfLog, type Tip } from "./access-log.rules.ts";
import { listEntries, listTreeHeads } from "./access-log.store.ts";
import {
  type Frontier,
  growFrontier,
  rootOfFrontier,
  sizeOfFrontier,
} from "./merkle-tree.rules.ts";
import type { DataSharingTables } from "./tables.ts";
import { type TreeHead, verifyTreeHead } from "./tree-head.ts";

export type LogProblem =
  | ChainProblem
  | "HEAD_NOT_SIGNED"
  | "ROOT_DIFFERS"
  | "ENTRIES_MISSING"
  | "ENTRIES_NOT_SIGNED";

export type LogVerdict =
  | { readonly ok: true; readonly entries: number; readonly rootHash: string }
  | {
      readonly ok: false;
      readonly problem: LogProblem;
      /** The first entry that is wrong, or up to which the tree should reach. */
      readonly sequence: number;
    };

type Wrong = Extract<LogVerdict, { ok: false }>;

const pageSize = 1_000;
const wrong = (problem: LogProblem, sequence: number): Wrong => ({ ok: false, problem, sequence });

async function readHeads(
  db: Kysely<DataSharingTables>,
  publicJwk: object,
): Promise<TreeHead[] | Wrong> {
  const heads: TreeHead[] = [];
  for (;;) {
    const rows = await listTreeHeads(db, heads.at(-1)?.treeSize ?? 0, pageSize);
    for (const { jws, tree_size: size } of rows) {
      const head = verifyTreeHead(jws, publicJwk);
      if (head?.treeSize !== Number(size)) return wrong("HEAD_NOT_SIGNED", Number(size));
      heads.push(head);
    }
    if (rows.length < pageSize) return heads;
  }
}

export type AuditOptions = {
  readonly publicJwk: object;
  /** Signed heads (JWS) that were fetched before and kept elsewhere. */
  readonly keptHeads?: readonly string[];
};

/** Reads the log once, a page at a time; one SQL statement a page. */
export async function verifyAccessLog(
  db: Kysely<DataSharingTables>,
  { publicJwk, keptHeads = [] }: AuditOptions,
): Promise<LogVerdict> {
  const own = await readHeads(db, publicJwk);
  if ("ok" in own) return own;
  const kept = keptHeads.map((jws) => verifyTreeHead(jws, publicJwk));
  if (kept.includes(undefined)) return wrong("HEAD_NOT_SIGNED", 0);
  const signed = Map.groupBy(
    [...own, ...kept.filter((head) => head !== undefined)],
    (head) => head.treeSize,
  );

  let tip: Tip = startOfLog;
  let frontier: Frontier = [];
  for (;;) {
    const page = await listEntries(db, tip.sequence, pageSize);
    for (const hashed of page) {
      const problem = problemAfter(tip, hashed);
      if (problem) return wrong(problem, tip.sequence + 1);
      tip = { sequence: hashed.entry.sequence, at: hashed.entry.at, hash: hashed.hash };
      frontier = growFrontier(frontier, [hashed.hash]);
      const root = rootOfFrontier(frontier);
      const heads = signed.get(tip.sequence) ?? [];
      if (heads.some(({ rootHash }) => rootHash !== root)) {
        return wrong("ROOT_DIFFERS", tip.sequence);
      }
    }
    if (page.length < pageSize) break;
  }
  const largest = Math.max(0, ...signed.keys());
  if (largest > tip.sequence) return wrong("ENTRIES_MISSING", largest);
  if (largest < tip.sequence) return wrong("ENTRIES_NOT_SIGNED", largest + 1);
  return { ok: true, entries: sizeOfFrontier(frontier), rootHash: rootOfFrontier(frontier) };
}
