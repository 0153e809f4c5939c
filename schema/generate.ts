/**
 * The files of `schema/` that are generated, as they should be now: the SDL of the subgraphs in this
 * repository, and the supergraph composed of what rover.yaml lists. Committed, so that a change of the
 * public graph shows in review; compared by a test and by `npm run compose -- --check`.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Composition, composeRover } from "./compose.ts";
import { printSubgraphs, type PrintedSdl } from "./print.ts";

export type Generation = {
  /** Absolute paths of files that were not what they should be. */
  readonly changed: readonly string[];
  readonly composition: Composition;
};

export type GenerateOptions = {
  /** Path of rover.yaml; the supergraph goes to `schema/supergraph.graphql` beside it. */
  readonly rover: string;
  /** Only compare: nothing is written. */
  readonly check: boolean;
  /** What is printed; default: the subgraphs in this repository. */
  readonly print?: (rover: string) => Promise<readonly PrintedSdl[]>;
};

/**
 * A supergraph that does not compose is not written: the last one that did stays.
 * @throws RoverError when rover.yaml itself cannot be used.
 */
export async function generateSchema(options: GenerateOptions): Promise<Generation> {
  const { rover, check, print = printSubgraphs } = options;
  const changed: string[] = [];
  const put = async (file: string, text: string): Promise<void> => {
    const before = await readFile(file, "utf8").catch(() => undefined);
    if (before === text) return;
    changed.push(file);
    if (check) return;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  for (const { file, sdl } of await print(rover)) await put(file, sdl);
  const composition = await composeRover(rover);
  if (composition.kind === "composed") {
    const file = join(dirname(rover), "schema/supergraph.graphql");
    await put(file, `${composition.supergraphSdl}\n`);
  }
  return { changed, composition };
}
