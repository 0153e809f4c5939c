/**
 * A checkout of the public federation audit (graphql-hive/federation-gateway-audit), with what its
 * subgraphs need installed in it. Nothing of it becomes part of this project.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
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

/**
 * Installs the packages that the suites run on, when they are missing: not those that the audit uses
 * to run other gateways. tsx, since the suites are TypeScript.
 * @throws ToolError when the folder is no checkout, or npm fails.
 */
export async function install(folder: string): Promise<void> {
  if (existsSync(join(folder, "node_modules", "tsx", "package.json"))) return;
  let versions: Readonly<Record<string, string>>;
  try {
    const manifest = await readFile(join(folder, "package.json"), "utf8");
    versions = JSON.parse(manifest).devDependencies;
  } catch {
    throw new ToolError(`"${folder}" is not a checkout of ${repository}: it has no package.json.`);
  }
  const flags = ["--omit=dev", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const tsx = `tsx@${versions["tsx"] ?? "4"}`;
  await must("npm install in the checkout", "npm", ["install", ...flags, tsx], folder);
}
