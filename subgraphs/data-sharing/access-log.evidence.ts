/**
 * The offline check of what an auditor has fetched: signed heads, entries with inclusion proofs, and
 * consistency proofs between heads (RFC 9162). Nothing is believed but the public key. Pure.
 */
import { z } from "zod";
import { hashLeaf, verifyConsistency, verifyInclusion } from "./merkle-tree.rules.ts";
import { type TreeHead, verifyTreeHead } from "./tree-head.ts";

const hashes = z.array(z.string().regex(/^[0-9a-f]{64}$/));
const size = z.number().int().positive();

const evidenceSchema = z.strictObject({
  /** JSON Web Key, as text: as `accessLog { publicKey }` gives it. */
  publicKey: z.string(),
  heads: z.array(z.string()).min(1),
  entries: z
    .array(
      z.strictObject({
        canonical: z.string(),
        proof: z.object({ leafIndex: z.number().int().min(0), treeSize: size, hashes }),
      }),
    )
    .default([]),
  consistency: z.array(z.object({ firstSize: size, secondSize: size, hashes })).default([]),
});

export type Evidence = z.infer<typeof evidenceSchema>;
export type Finding = { readonly ok: boolean; readonly what: string };

export function readEvidence(
  text: string,
):
  | { readonly ok: true; readonly evidence: Evidence }
  | { readonly ok: false; readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: "it is not JSON." };
  }
  const parsed = evidenceSchema.safeParse(value);
  if (parsed.success) return { ok: true, evidence: parsed.data };
  return { ok: false, problem: z.prettifyError(parsed.error) };
}

function readKey(text: string): object {
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === "object" && key !== null ? key : {};
  } catch {
    return {};
  }
}

export function checkEvidence(evidence: Evidence): readonly Finding[] {
  const publicKey = readKey(evidence.publicKey);
  const findings: Finding[] = [];
  const heads: TreeHead[] = [];
  for (const [index, jws] of evidence.heads.entries()) {
    const head = verifyTreeHead(jws, publicKey);
    const what = head ? `of ${head.treeSize} entries is signed` : "is not signed by the key";
    findings.push({ ok: head !== undefined, what: `head ${index + 1} ${what}` });
    if (!head) continue;
    const rival = heads.find((one) => one.treeSize === head.treeSize);
    if (rival && rival.rootHash !== head.rootHash) {
      findings.push({ ok: false, what: `two signed heads of ${head.treeSize} entries differ` });
    }
    heads.push(head);
  }
  const rootsOf = (treeSize: number): string[] =>
    heads.filter((head) => head.treeSize === treeSize).map(({ rootHash }) => rootHash);

  for (const { canonical, proof } of evidence.entries) {
    const { leafIndex: index, treeSize } = proof;
    const roots = rootsOf(treeSize);
    const given = { leaf: hashLeaf(canonical), index, size: treeSize, proof: proof.hashes };
    const ok = roots.length > 0 && roots.every((root) => verifyInclusion({ ...given, root }));
    const missing = roots.length === 0 ? `; there is no head of ${treeSize} entries` : "";
    findings.push({ ok, what: `entry ${index + 1} is in the log of ${treeSize}${missing}` });
  }
  for (const { firstSize, secondSize, hashes: proof } of evidence.consistency) {
    const [firsts, seconds] = [rootsOf(firstSize), rootsOf(secondSize)];
    const pairs = firsts.flatMap((first) => seconds.map((second) => [first, second] as const));
    const ok =
      pairs.length > 0 &&
      pairs.every(([first, second]) =>
        verifyConsistency({
          first: { size: firstSize, root: first },
          second: { size: secondSize, root: second },
          proof,
        }),
      );
    const missing = pairs.length === 0 ? "; a head is missing" : "";
    findings.push({ ok, what: `the log grew from ${firstSize} to ${secondSize}${missing}` });
  }
  return findings;
}
