/**
 * Publishing the access log's heads: the newest signed head, with the proof that it grew from the one
 * published before, in a list that anybody can read and keep. What the log holds is checked against both
 * heads first: of a log that was tampered with, no further head goes out.
 */
import type { Kysely } from "kysely";
import { findLastTreeHead, findTreeHead, listHashes } from "./access-log.store.ts";
import { type Frontier, growFrontier, proveGrowth, rootOfFrontier } from "./merkle-tree.rules.ts";
import {
  findLastPublishedHead,
  insertPublishedHead,
  listPublishedHeads,
} from "./published-head.store.ts";
import type { DataSharingTables } from "./tables.ts";
import { readSignedFrontier, type TreeHeadKey, verifyTreeHead } from "./tree-head.ts";

type Db = Kysely<DataSharingTables>;

/** The tree as it was published last, from its head in the log: which must be the very same. */
async function readPublished(
  db: Db,
  key: TreeHeadKey,
): Promise<{ readonly size: number; readonly frontier: Frontier }> {
  const last = await findLastPublishedHead(db);
  if (!last) return { size: 0, frontier: [] };
  const size = Number(last.tree_size);
  const row = await findTreeHead(db, size);
  const published = verifyTreeHead(last.jws, key.publicJwk);
  const frontier = row && readSignedFrontier(row, key);
  if (frontier && published?.rootHash === rootOfFrontier(frontier)) return { size, frontier };
  throw new Error(
    `The access log no longer has the head of ${size} entries that was published: no other is published before it is looked into.`,
  );
}

/**
 * @returns the size of the tree whose head was published; undefined when nothing is new.
 * @throws Error when the log does not fit what was signed or published: it was tampered with.
 */
export async function publishHead(
  db: Db,
  key: TreeHeadKey,
  nowMs: number,
): Promise<number | undefined> {
  const published = await readPublished(db, key);
  const newest = await findLastTreeHead(db);
  const size = Number(newest?.tree_size ?? 0);
  if (size === published.size || !newest) {
    if (size === published.size) return undefined;
    throw new Error(`The access log is empty, but a head of ${published.size} was published.`);
  }
  const leaves = await listHashes(db, { after: published.size, upTo: size });
  const grown = growFrontier(published.frontier, leaves);
  const signed = readSignedFrontier(newest, key);
  if (!signed || rootOfFrontier(grown) !== rootOfFrontier(signed)) {
    throw new Error(
      `The entries ${published.size + 1} to ${size} of the access log are not those that were signed: no head is published before it is looked into.`,
    );
  }
  await insertPublishedHead(db, {
    tree_size: newest.tree_size,
    previous_size: published.size === 0 ? null : BigInt(published.size),
    jws: newest.jws,
    hashes: published.size === 0 ? [] : proveGrowth(published.frontier, leaves),
    at: new Date(nowMs),
  });
  return size;
}

export const headsPath = "/access-log/heads.json";
const pageSize = 1_000;

/**
 * A page of the history as evidence that `npm run access-log:verify` reads. It begins with the head of
 * `after`, so that pages join.
 */
export async function writeHeads(db: Db, key: TreeHeadKey, after: number): Promise<string> {
  const rows = await listPublishedHeads(db, after, pageSize + 1);
  const page = rows.slice(0, pageSize);
  const firstSize = page[0]?.tree_size;
  const last = page.at(-1)?.tree_size;
  return JSON.stringify({
    publicKey: JSON.stringify(key.publicJwk),
    heads: page.map(({ jws }) => jws),
    consistency: page
      .filter((row) => row.previous_size !== null && row.tree_size !== firstSize)
      .map(({ previous_size: previous, tree_size: size, hashes }) => ({
        firstSize: Number(previous),
        secondSize: Number(size),
        hashes,
      })),
    next: rows.length > pageSize ? `${headsPath}?after=${last}` : null,
  });
}
