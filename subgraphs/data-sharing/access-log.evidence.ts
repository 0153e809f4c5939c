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
  /** In published files: where the next page is. */
  next: z.string().nullish(),
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

/** A JSON Web Key from its text; one that no signature fits when it is none. */
export function readKey(text: string): object {
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === "object" && key !== null ? key : {};
  } catch {
    return {};
  }
}

/**
 * What several files hold together: a history that was kept, and a later one.
 * @returns undefined when they name different keys, so that they are not of one log.
 */
export function joinEvidence(given: readonly [Evidence, ...Evidence[]]): Evidence | undefined {
  const [{ publicKey }] = given;
  if (given.some((one) => one.publicKey !== publicKey)) return undefined;
  const unique = <Item>(items: readonly Item[]): Item[] => [
    ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
  ];
  return {
    publicKey,
    heads: unique(given.flatMap(({ heads }) => heads)),
    entries: given.flatMap(({ entries }) => entries),
    consistency: unique(given.flatMap(({ consistency }) => consistency)),
  };
}

type Growth = readonly [from: string, to: string];

/** Heads that no proof joins to the largest, although all are of one log. */
function findSevered(heads: readonly TreeHead[], growths: readonly Growth[]): readonly TreeHead[] {
  const nameOf = ({ treeSize, rootHash }: TreeHead): string => `${treeSize}/${rootHash}`;
  const largest = heads.toSorted((one, other) => other.treeSize - one.treeSize)[0];
  const joined = new Set(largest ? [nameOf(largest)] : []);
  for (let before = 0; before !== joined.size;) {
    before = joined.size;
    for (const [from, to] of growths) if (joined.has(to)) joined.add(from);
  }
  return heads.filter((head) => !joined.has(nameOf(head)));
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
  const growths: Growth[] = [];
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
    if (!ok) continue;
    for (const [first, second] of pairs) {
      growths.push([`${firstSize}/${first}`, `${secondSize}/${second}`]);
    }
  }
  for (const { treeSize } of findSevered(heads, growths)) {
    const what = `nothing proves that the log of ${treeSize} became the largest one: it was rewritten, or a proof is missing`;
    findings.push({ ok: false, what });
  }
  return findings;
}
