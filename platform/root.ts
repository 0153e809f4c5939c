/** The project's root folder: seeds, SDL and rover.yaml are read as files, from source and from `dist/` alike. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

function findRoot(from: string): string {
  if (existsSync(join(from, "package.json"))) return from;
  const parent = dirname(from);
  if (parent === from)
    throw new Error("No package.json above this file: the project is incomplete.");
  return findRoot(parent);
}

export const projectRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Absolute path of a file or folder named relative to the project's root. */
export const fromRoot = (...parts: readonly string[]): string => join(projectRoot, ...parts);
