/** `npm run compose`: writes the SDL of every subgraph and the supergraph; `--check` only compares. */
import { relative } from "node:path";
import { fromRoot, projectRoot } from "../platform/root.ts";
import { generateSchema } from "../schema/generate.ts";
import { runTool } from "./tool.ts";

const usage = `Usage: npm run compose [-- --check]

Prints the SDL of the subgraphs in this repository to schema/subgraphs/, composes what rover.yaml
lists, and writes schema/supergraph.graphql. With --check nothing is written: it tells which file is
stale, and ends with 1 when one is.`;

await runTool({ usage, options: { check: { type: "boolean" } } }, async ({ values }) => {
  const check = values.check ?? false;
  const { changed, composition } = await generateSchema({ rover: fromRoot("rover.yaml"), check });
  for (const file of changed) {
    const name = relative(projectRoot, file);
    if (check) console.error(`${name} is stale: run \`npm run compose\` and commit it.`);
    else console.log(`wrote ${name}`);
  }
  if (composition.kind === "failed") {
    for (const { code, message } of composition.errors) console.error(`${code}: ${message}`);
    console.error("The subgraphs do not compose: schema/supergraph.graphql was left as it is.");
    return 1;
  }
  for (const hint of composition.hints) console.log(`hint: ${hint}`);
  if (changed.length > 0) return check ? 1 : 0;
  console.log("The SDL of all subgraphs and the supergraph are up to date.");
  return 0;
});
