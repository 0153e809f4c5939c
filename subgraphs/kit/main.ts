/** Entry of every subgraph of this repository: `node main.js <name>`. */
import "reflect-metadata";
import type { AnySubgraph } from "./define-subgraph.ts";
import { runSubgraph } from "./run-subgraph.ts";

const name = process.argv[2] ?? "";
if (/^[a-z-]+$/.test(name)) {
  const { subgraph } = (await import(`../${name}/subgraph.ts`)) as { subgraph: AnySubgraph };
  await runSubgraph(subgraph);
} else {
  process.stderr.write("Name the subgraph: `main.js health`.\n");
  process.exitCode = 1;
}
