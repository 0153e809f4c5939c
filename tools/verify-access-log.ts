/**
 * `npm run access-log:verify -- FILE`: checks proofs of the access log offline. The file holds what was
 * fetched from `accessLog` in the graph; nothing is asked of the network, and nothing believed but the
 * public key.
 */
import { readFile } from "node:fs/promises";
import { checkEvidence, readEvidence } from "../subgraphs/data-sharing/access-log.evidence.ts";
import { runTool, ToolError } from "./tool.ts";

const usage = `Usage: npm run access-log:verify -- FILE

Checks offline that entries of the access log are in it, and that the log only grew. FILE is JSON:

  { "publicKey": "…",                                  accessLog { publicKey }
    "heads": ["…", …],                                 treeHead { jws }, also ones kept from earlier
    "entries": [{ "canonical": "…", "proof": { leafIndex treeSize hashes } }],
    "consistency": [{ firstSize secondSize hashes }] }

Take the public key from elsewhere than the log once, and keep it with the heads. Ends with 0 when
every proof holds, with 2 when one does not.`;

await runTool({ usage, options: {}, positionals: true }, async ({ positionals }) => {
  const [file] = positionals;
  if (file === undefined) throw new ToolError(`Name the file.\n\n${usage}`);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw new ToolError(`"${file}" cannot be read: give the path of a JSON file.`);
  }
  const evidence = readEvidence(text);
  if (!evidence.ok) throw new ToolError(`"${file}" is no evidence: ${evidence.problem}`);
  const findings = checkEvidence(evidence.evidence);
  for (const { ok, what } of findings) console.log(`${ok ? "holds " : "BROKEN"}  ${what}`);
  return findings.every(({ ok }) => ok) ? 0 : 2;
});
