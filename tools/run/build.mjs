/** Compiles TypeScript to dist/, and removes what is left there of sources that are gone. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { must } from "./process.mjs";

/** A subgraph or a tool that was removed must not go on running from its old output. */
export function removeOrphans(root) {
  const dist = join(root, "dist");
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.js(\.map)?$/.test(entry.name)) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const source = join(root, relative(dist, file).replace(/\.js(\.map)?$/, ".ts"));
    if (!existsSync(source)) rmSync(file);
  }
}

/** @param {{ types: boolean }} options Whether mistakes in types fail it; `check` and `test` look for them. */
export async function build(root, { types }) {
  const args = ["-p", "tsconfig.build.json", ...(types ? [] : ["--noCheck"])];
  await must("Building (tsc)", "tsc", args, { root, stdout: "stderr" });
  removeOrphans(root);
}
