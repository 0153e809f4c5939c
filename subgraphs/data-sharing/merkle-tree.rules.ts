/**
 * Merkle trees by RFC 9162 section 2.1 (as in RFC 6962): leaf hashes → root, inclusion and
 * consistency proofs, and their checks. Hashes are SHA-256 in lower-case hexadecimal. Pure: an auditor
 * runs the very same file offline.
 */
import { createHash } from "node:crypto";

export type Hash = string;

const sha256 = (...parts: readonly Uint8Array[]): Hash => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

// Different first bytes, so that no inner node can be passed off as a leaf.
const leafPrefix = new Uint8Array([0]);
const nodePrefix = new Uint8Array([1]);

export const hashLeaf = (data: string): Hash => sha256(leafPrefix, Buffer.from(data, "utf8"));

const hashChildren = (left: Hash, right: Hash): Hash =>
  sha256(nodePrefix, Buffer.from(left, "hex"), Buffer.from(right, "hex"));

export const emptyRoot: Hash = sha256();

/** The largest power of two below `size`, which is at least 2: where a tree is split. */
const splitOf = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

export function rootOf(leaves: readonly Hash[]): Hash {
  if (leaves.length <= 1) return leaves[0] ?? emptyRoot;
  const split = splitOf(leaves.length);
  return hashChildren(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/**
 * The roots of a tree's largest complete subtrees, from left to right: all that is needed to let it
 * grow, so that a new root costs as much as the leaves that are new.
 */
export type Frontier = readonly { readonly size: number; readonly root: Hash }[];

export function growFrontier(frontier: Frontier, leaves: readonly Hash[]): Frontier {
  const grown = [...frontier];
  for (const leaf of leaves) {
    grown.push({ size: 1, root: leaf });
    let [left, right] = grown.slice(-2);
    while (left && right && grown.length > 1 && left.size === right.size) {
      grown.splice(-2, 2, { size: 2 * left.size, root: hashChildren(left.root, right.root) });
      [left, right] = grown.slice(-2);
    }
  }
  return grown;
}

export const sizeOfFrontier = (frontier: Frontier): number =>
  frontier.reduce((sum, { size }) => sum + size, 0);

export const rootOfFrontier = (frontier: Frontier): Hash =>
  frontier.length === 0
    ? emptyRoot
    : frontier.map(({ root }) => root).reduceRight((right, left) => hashChildren(left, right));

const checkIndex = (index: number, size: number): void => {
  if (Number.isSafeInteger(index) && index >= 0 && index < size) return;
  throw new RangeError(`A tree of ${size} leaves has no leaf ${index}: count from 0.`);
};

/** @throws RangeError unless the leaf is in the tree. */
export function proveInclusion(leaves: readonly Hash[], index: number): readonly Hash[] {
  checkIndex(index, leaves.length);
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...proveInclusion(left, index), rootOf(right)]
    : [...proveInclusion(right, index - split), rootOf(left)];
}

function subproof(leaves: readonly Hash[], oldSize: number, isWhole: boolean): readonly Hash[] {
  if (oldSize === leaves.length) return isWhole ? [] : [rootOf(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return oldSize <= split
    ? [...subproof(left, oldSize, isWhole), rootOf(right)]
    : [...subproof(right, oldSize - split, false), rootOf(left)];
}

/** That the tree of all leaves only appended to the tree of the first `oldSize`, which is at least 1. */
export function proveConsistency(leaves: readonly Hash[], oldSize: number): readonly Hash[] {
  checkIndex(oldSize - 1, leaves.length);
  return subproof(leaves, oldSize, true);
}

/**
 * The same proof from what is kept of the old tree and the leaves that are new: its cost does not grow
 * with the old tree, which has a leaf at least.
 */
export function proveGrowth(
  old: Frontier,
  added: readonly Hash[],
  isWhole = true,
): readonly Hash[] {
  if (added.length === 0) return isWhole ? [] : [rootOfFrontier(old)];
  const oldSize = sizeOfFrontier(old);
  checkIndex(oldSize - 1, oldSize + added.length);
  const split = splitOf(oldSize + added.length);
  const [first, ...others] = old;
  // A tree of more leaves than the split has the whole left side as its first complete subtree.
  if (first && oldSize > split) return [...proveGrowth(others, added, false), first.root];
  const ofLeft = split - oldSize;
  return [...proveGrowth(old, added.slice(0, ofLeft), isWhole), rootOf(added.slice(ofLeft))];
}

const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);

export type Inclusion = {
  readonly leaf: Hash;
  /** From 0. */
  readonly index: number;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
};

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion({ leaf, index, size, root, proof }: Inclusion): boolean {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = hashChildren(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = hashChildren(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && hash === root;
}

export type Consistency = {
  readonly first: { readonly size: number; readonly root: Hash };
  readonly second: { readonly size: number; readonly root: Hash };
  readonly proof: readonly Hash[];
};

/** RFC 9162 section 2.1.4.2. */
export function verifyConsistency({ first, second, proof }: Consistency): boolean {
  if (first.size < 1 || first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && first.root === second.root;
  const isPowerOfTwo = 2 ** Math.round(Math.log2(first.size)) === first.size;
  const [start, ...rest] = isPowerOfTwo ? [first.root, ...proof] : proof;
  if (start === undefined) return false;
  let [node, last] = [first.size - 1, second.size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [oldRoot, newRoot] = [start, start];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      oldRoot = hashChildren(sibling, oldRoot);
      newRoot = hashChildren(sibling, newRoot);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newRoot = hashChildren(newRoot, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && oldRoot === first.root && newRoot === second.root;
}
