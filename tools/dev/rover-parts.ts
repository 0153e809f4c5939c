/** The subgraphs of a rover.yaml whose SDL is a file beside it. */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { readRover } from "../../schema/rover.ts";
import type { Part } from "./part.ts";

/** @throws RoverError when rover.yaml cannot be used. */
export async function readRoverParts(rover: string): Promise<readonly Part[]> {
  const { subgraphs } = await readRover(rover);
  const parts = subgraphs.map(async ({ name, routingUrl: url, schema }): Promise<Part[]> => {
    if (!("file" in schema)) return [];
    const sdl = await readFile(resolve(dirname(rover), schema.file), "utf8");
    return [{ name, url, sdl }];
  });
  return (await Promise.all(parts)).flat();
}
