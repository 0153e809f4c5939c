import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  emptyRoot,
  growFrontier,
  hashLeaf,
  proveConsistency,
  proveGrowth,
  proveInclusion,
  rootOf,
  rootOfFrontier,
  sizeOfFrontier,
  verifyConsistency,
  verifyInclusion,
} from "../../../subgraphs/data-sharing/merkle-tree.rules.ts";

const leavesOf = (size: number) => Array.from({ length: size }, (_, index) => hashLeaf(`${index}`));
const sha256 = (hex: string) => createHash("sha256").update(Buffer.from(hex, "hex")).digest("hex");

const treeAndTwoSizes = fc
  .integer({ min: 1, max: 130 })
  .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 1, max: size })));

describe("the Merkle tree of the access log", () => {
  test("hashes as RFC 9162 tells: nothing, a leaf, two and three leaves", () => {
    expect(emptyRoot).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const [a, b, c] = ["61", "62", "63"].map((byte) => sha256(`00${byte}`));
    expect(hashLeaf("a")).toBe(a);
    expect(rootOf([a!])).toBe(a);
    expect(rootOf([a!, b!])).toBe(sha256(`01${a}${b}`));
    expect(rootOf([a!, b!, c!])).toBe(sha256(`01${sha256(`01${a}${b}`)}${c}`));
  });

  test("grows by its frontier to the root that all leaves have", () => {
    fc.assert(
      fc.property(treeAndTwoSizes, ([size, first]) => {
        const leaves = leavesOf(size);
        const half = growFrontier([], leaves.slice(0, first));
        const whole = growFrontier(half, leaves.slice(first));
        expect(rootOfFrontier(whole)).toBe(rootOf(leaves));
        expect(sizeOfFrontier(whole)).toBe(size);
      }),
      { numRuns: 60 },
    );
  });

  test("proves its growth from the old frontier and the new leaves as from all leaves", () => {
    fc.assert(
      fc.property(treeAndTwoSizes, ([size, first]) => {
        const leaves = leavesOf(size);
        const old = growFrontier([], leaves.slice(0, first));
        expect(proveGrowth(old, leaves.slice(first))).toEqual(proveConsistency(leaves, first));
      }),
      { numRuns: 300 },
    );
    expect(() => proveGrowth([], leavesOf(2))).toThrow(RangeError);
  });

  test("proves each leaf, and no other leaf, place, size or root by that proof", () => {
    fc.assert(
      fc.property(treeAndTwoSizes, ([size, place]) => {
        const leaves = leavesOf(size);
        const index = place - 1;
        const root = rootOf(leaves);
        const proof = proveInclusion(leaves, index);
        const right = { leaf: leaves[index]!, index, size, root, proof };
        expect(verifyInclusion(right)).toBe(true);
        expect(verifyInclusion({ ...right, leaf: hashLeaf("another") })).toBe(false);
        expect(verifyInclusion({ ...right, root: hashLeaf("another") })).toBe(false);
        expect(verifyInclusion({ ...right, index: size })).toBe(false);
        expect(verifyInclusion({ ...right, proof: [...proof, root] })).toBe(false);
        const isAlone = size === 1;
        expect(verifyInclusion({ ...right, proof: proof.slice(1) })).toBe(isAlone);
        const neighbour = index === 0 ? 1 : index - 1;
        expect(verifyInclusion({ ...right, index: neighbour })).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  test("proves that it only grew, and never that a changed tree did", () => {
    fc.assert(
      fc.property(treeAndTwoSizes, ([size, firstSize]) => {
        const leaves = leavesOf(size);
        const proof = proveConsistency(leaves, firstSize);
        const first = { size: firstSize, root: rootOf(leaves.slice(0, firstSize)) };
        const second = { size, root: rootOf(leaves) };
        expect(verifyConsistency({ first, second, proof })).toBe(true);
        const changed = [
          ...leaves.slice(0, firstSize - 1),
          hashLeaf("x"),
          ...leaves.slice(firstSize),
        ];
        const forged = { size, root: rootOf(changed) };
        expect(verifyConsistency({ first, second: forged, proof })).toBe(false);
        const forgedProof = proveConsistency(changed, firstSize);
        expect(verifyConsistency({ first, second: forged, proof: forgedProof })).toBe(false);
        const otherStart = { ...first, root: forged.root };
        expect(verifyConsistency({ first: otherStart, second, proof })).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  test("a leaf that is not there has no proof", () => {
    expect(() => proveInclusion(leavesOf(3), 3)).toThrow("no leaf 3");
    expect(() => proveConsistency(leavesOf(3), 0)).toThrow("no leaf -1");
  });
});
