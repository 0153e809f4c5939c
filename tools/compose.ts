/** `npm run compose`: writes the SDL of every subgraph and the supergraph; `--check` only compares. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { parseArgs } from "node:util";
import { fromRoot, projectRoot } from "../platform/root.ts";
import { composeRover } from "../schema/compose.ts";
import { printSubgraphs } from "../schema/print.ts";

const usage = `Usage: npm run compose [-- --check]

Prints the SDL of the subgraphs in this repository to schema/subgraphs/, composes what rover.yaml
lists, and writes schema/supergraph.graphql. With --check nothing is written: it tells which file is
stale, and ends with 1 when one is.`;

const { values } = parseArgs({
  options: { check: { type: "boolean" }, help: { type: "boolean" } },
});

/** @returns whether the file held something else. */
async function put(file: string, text: string): Promise<boolean> {
  const name = relative(projectRoot, file);
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (before === text) return false;
  if (values.check) {
    console.error(`${name} is stale: run \`npm run compose\` and commit it.`);
  } else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`wrote ${name}`);
  }
  return true;
}

async function main(): Promise<void> {
  if (values.help) return console.log(usage);
  let stale = 0;
  for (const { file, sdl } of await printSubgraphs()) if (await put(file, sdl)) stale += 1;
  const composition = await composeRover(fromRoot("rover.yaml"));
  if (composition.kind === "failed") {
    for (const { code, message } of composition.errors) console.error(`${code}: ${message}`);
    process.exitCode = 1;
    return;
  }
  if (await put(fromRoot("schema/supergraph.graphql"), `${composition.supergraphSdl}\n`))
    stale += 1;
  if (stale === 0) console.log("The SDL of all subgraphs and the supergraph are up to date.");
  if (values.check && stale > 0) process.exitCode = 1;
}

await main();
