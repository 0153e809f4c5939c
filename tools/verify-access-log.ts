/**
 * `npm run access-log:verify -- FILE…`: checks proofs of the access log offline: published histories of
 * its heads, and what was fetched from `accessLog` in the graph. Nothing is asked of the network, and
 * nothing believed but the public key.
 */
import { readFile } from "node:fs/promises";
import {
  checkEvidence,
  type Evidence,
  joinEvidence,
  readEvidence,
} from "../subgraphs/data-sharing/access-log.evidence.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run access-log:verify -- FILE…

Checks offline that entries of the access log are in it, and that the log only grew. A FILE is what the
data-sharing subgraph publishes at /access-log/heads.json, or JSON that you put together:

  { "publicKey": "…",                                  accessLog { publicKey }
    "heads": ["…", …],                                 treeHead { jws }, also ones kept from earlier
    "entries": [{ "canonical": "…", "proof": { leafIndex treeSize hashes } }],
    "consistency": [{ firstSize secondSize hashes }] }

Give a history that you kept together with the one of today: a log that was rewritten in between is
found. Take the public key from elsewhere than the log once, and keep it with the heads. Ends with 0 when
every proof holds, with 2 when one does not.`;

async function read(file: string): Promise<Evidence> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw new ToolError(`"${file}" cannot be read: give the path of a JSON file.`);
  }
  const evidence = readEvidence(text);
  if (!evidence.ok) throw new ToolError(`"${file}" is no evidence: ${evidence.problem}`);
  return evidence.evidence;
}

await runTool({ usage, options: {}, positionals: true }, async ({ positionals }) => {
  const [first, ...others] = await Promise.all(positionals.map(read));
  if (!first) throw new ToolError(`Name a file.\n\n${usage}`);
  const evidence = joinEvidence([first, ...others]);
  if (!evidence) throw new ToolError("The files name different public keys: they are of two logs.");
  const findings = checkEvidence(evidence);
  for (const { ok, what } of findings) console.log(`${ok ? "holds " : "BROKEN"}  ${what}`);
  return findings.every(({ ok }) => ok) ? 0 : 2;
});
