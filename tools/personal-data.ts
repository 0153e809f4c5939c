/** `npm run personal-data`: writes the catalogue of the personal data that the graph holds. */
import { readFile, writeFile } from "node:fs/promises";
import { fromRoot } from "../platform/root.ts";
import { readPersonalData, writePersonalData } from "../schema/personal-data.ts";
import { runTool } from "./tool.ts";

const usage = `Usage: npm run personal-data [-- --check]

Reads schema/supergraph.graphql, and writes what personal data the graph holds to
docs/personal-data.md for people and to subgraphs/data-sharing/personal-data.json for the graph. With
--check nothing is written: it tells which file is stale, and ends with 1 when one is.`;

await runTool({ usage, options: { check: { type: "boolean" } } }, async ({ values }) => {
  const holdings = readPersonalData(await readFile(fromRoot("schema/supergraph.graphql"), "utf8"));
  const files = {
    "docs/personal-data.md": writePersonalData(holdings),
    "subgraphs/data-sharing/personal-data.json": `${JSON.stringify(holdings, null, 2)}\n`,
  };
  let stale = 0;
  for (const [name, text] of Object.entries(files)) {
    const before = await readFile(fromRoot(name), "utf8").catch(() => undefined);
    if (before === text) continue;
    stale += 1;
    if (values.check) console.error(`${name} is stale: run \`npm run personal-data\`.`);
    else {
      await writeFile(fromRoot(name), text);
      console.log(`wrote ${name}`);
    }
  }
  if (stale === 0) console.log("The catalogue of personal data is up to date.");
  return values.check && stale > 0 ? 1 : 0;
});
