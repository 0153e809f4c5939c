/**
 * The access log's entries: what one says, how it is hashed, and what breaks the chain. An entry is
 * hashed as canonical JSON (RFC 8785) that holds the hash of the entry before; the same hash is its
 * leaf in the Merkle tree (RFC 9162). Pure: an auditor runs the very same file offline.
 */
import canonicalize from "canonicalize";
import { type Hash, hashLeaf } from "./merkle-tree.rules.ts";

export const accessOperations = {
  ROWS: "ROWS",
  COUNTS: "COUNTS",
  PRIVATE_AGGREGATE: "PRIVATE_AGGREGATE",
  REQUEST: "REQUEST",
  SIGN: "SIGN",
} as const;
export type AccessOperation = keyof typeof accessOperations;

export const accessOutcomes = { GRANTED: "GRANTED", REFUSED: "REFUSED" } as const;
export type AccessOutcome = keyof typeof accessOutcomes;

/** What is known of an access before it has its place in the log. Never the data. */
export type Access = {
  /** Who asked: the principal's id. */
  readonly actor: string;
  /** For whom: the agency, or null when the actor acts for none. */
  readonly agencyId: string | null;
  /** What it rested on, as it was asked: a grant, a request or an agreement. */
  readonly subjectId: string;
  /** Null when the subject is unknown. */
  readonly datasetId: string | null;
  readonly purpose: string;
  readonly operation: AccessOperation;
  readonly fields: readonly string[];
  /** How many rows, cells or figures were handed over. */
  readonly rowCount: number;
  /** Cells that were kept back since too few persons are behind them. */
  readonly suppressedCells: number;
  readonly outcome: AccessOutcome;
  /** Why it was refused; null when it was not. */
  readonly refusal: string | null;
  readonly requestId: string;
};

export type AccessLogEntry = Access & {
  /** From 1, without a gap. */
  readonly sequence: number;
  /** ISO 8601 in UTC with milliseconds; never before the entry before. */
  readonly at: string;
  readonly previousHash: Hash;
};

export type HashedEntry = { readonly entry: AccessLogEntry; readonly hash: Hash };

/** What the first entry holds as the hash of the one before. */
export const genesisHash: Hash = "0".repeat(64);

/** @throws TypeError for what JSON cannot hold. */
export function hashEntry(entry: AccessLogEntry): Hash {
  const text = canonicalize(entry);
  if (text === undefined) throw new TypeError("An entry must be a JSON object.");
  return hashLeaf(text);
}

/** Where the log ends: what the next entry is chained to. */
export type Tip = { readonly sequence: number; readonly at: string; readonly hash: Hash };

export const startOfLog: Tip = { sequence: 0, at: "", hash: genesisHash };

/** Chains accesses to the tip. A clock that went back does not take the log back with it. */
export function chain(tip: Tip, accesses: readonly Access[], now: string): HashedEntry[] {
  const entries: HashedEntry[] = [];
  let { sequence, hash: previousHash } = tip;
  const at = now > tip.at ? now : tip.at;
  for (const access of accesses) {
    sequence += 1;
    const entry = { ...access, sequence, at, previousHash };
    const hash = hashEntry(entry);
    entries.push({ entry, hash });
    previousHash = hash;
  }
  return entries;
}

export const chainProblems = {
  SEQUENCE_BROKEN: "SEQUENCE_BROKEN",
  CHAIN_BROKEN: "CHAIN_BROKEN",
  ENTRY_CHANGED: "ENTRY_CHANGED",
  TIME_WENT_BACK: "TIME_WENT_BACK",
} as const;
export type ChainProblem = keyof typeof chainProblems;

/** What is wrong with an entry that should follow the tip; undefined when nothing is. */
export function problemAfter(tip: Tip, { entry, hash }: HashedEntry): ChainProblem | undefined {
  if (entry.sequence !== tip.sequence + 1) return "SEQUENCE_BROKEN";
  if (hashEntry(entry) !== hash) return "ENTRY_CHANGED";
  if (entry.previousHash !== tip.hash) return "CHAIN_BROKEN";
  if (entry.at < tip.at) return "TIME_WENT_BACK";
  return undefined;
}
