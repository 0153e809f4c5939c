/**
 * A checkout of the public federation audit (graphql-hive/federation-gateway-audit), and a copy of its
 * suites that can run. Nothing of it becomes part of this project.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ToolError } from "../tool.ts";

const repository = "https://github.com/graphql-hive/federation-gateway-audit.git";

const run = promisify(execFile);

async function must(what: string, command: string, args: readonly string[], cwd?: string) {
  try {
    await run(command, [...args], { ...(cwd ? { cwd } : {}), maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new ToolError(`${what} failed: ${stderr?.trim() || message}`);
  }
}

/** @throws ToolError when git cannot get it. */
export async function clone(folder: string): Promise<void> {
  if (existsSync(join(folder, ".git"))) return;
  await must(`git clone ${repository}`, "git", [
    "clone",
    "--quiet",
    "--depth=1",
    repository,
    folder,
  ]);
}

/** Loaded by `node --import`: the suites are TypeScript that Node alone cannot run. */
export const loaderIn = (folder: string): string =>
  join(folder, "node_modules", "tsx", "dist", "loader.mjs");

type Manifest = Readonly<Record<"dependencies" | "devDependencies", Record<string, string>>>;

/**
 * A copy of the suites that can run, with the packages that they need at the audit's own versions,
 * and none of those by which the audit runs other gateways. The checkout is left as it is.
 * @throws ToolError when `checkout` is not one, or npm fails.
 */
export async function prepare(checkout: string, folder: string): Promise<void> {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await readFile(join(checkout, "package.json"), "utf8")) as Manifest;
    await rm(join(folder, "src"), { recursive: true, force: true });
    await cp(join(checkout, "src"), join(folder, "src"), { recursive: true });
  } catch {
    throw new ToolError(`"${checkout}" is not a checkout of ${repository}.`);
  }
  const { dependencies, devDependencies } = manifest;
  const { graphql = "16", tsx = "4" } = devDependencies;
  const needed = { type: "module", dependencies: { ...dependencies, graphql, tsx } };
  const text = `${JSON.stringify(needed, undefined, 2)}\n`;
  const file = join(folder, "package.json");
  if (existsSync(loaderIn(folder)) && (await readFile(file, "utf8")) === text) return;
  await writeFile(file, text);
  console.error("Installing the audit's packages …");
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  await must("npm install for the audit", "npm", ["install", ...flags], folder);
}
