/** Prints the SDL of the subgraphs that live in this repository, from their definitions. */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fromRoot } from "../platform/root.ts";
import type { AnySubgraph } from "../subgraphs/kit/define-subgraph.ts";
import { printSubgraphSdl } from "../subgraphs/kit/schema.ts";
import { readRover } from "./rover.ts";

export type PrintedSdl = {
  readonly subgraph: string;
  /** Where rover.yaml expects it, absolute. */
  readonly file: string;
  readonly sdl: string;
};

/** Whether a subgraph of rover.yaml lives in this repository; the others are run by their agencies. */
export const hasDefinition = (name: string): boolean =>
  existsSync(fromRoot("subgraphs", name, "subgraph.ts"));

/** Subgraphs that run elsewhere bring their SDL as a file and are left alone. */
export async function printSubgraphs(
  rover: string = fromRoot("rover.yaml"),
): Promise<readonly PrintedSdl[]> {
  const { subgraphs } = await readRover(rover);
  const printed: PrintedSdl[] = [];
  for (const { name, schema } of subgraphs) {
    if (!hasDefinition(name) || !("file" in schema)) continue;
    const module = (await import(`../subgraphs/${name}/subgraph.ts`)) as { subgraph: AnySubgraph };
    const sdl = printSubgraphSdl(module.subgraph);
    printed.push({ subgraph: name, file: resolve(dirname(rover), schema.file), sdl });
  }
  return printed;
}
