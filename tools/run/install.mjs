/** Installs packages by `npm ci` when node_modules is not what package-lock.json says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { must, say } from "./process.mjs";

/** Packages by path in a lock file; undefined when there is none, or none that can be read. */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/**
 * npm writes node_modules/.package-lock.json as the last step of an installation, whichever command
 * did it: so it tells an interrupted one from a whole one, and a package added by `npm install` is
 * not installed again. Optional packages are those of other platforms.
 */
export function isInstalled(root) {
  const wanted = packagesOf(join(root, "package-lock.json"));
  const there = packagesOf(join(root, "node_modules", ".package-lock.json"));
  if (!wanted || !there) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    if (path === "") return true;
    const found = there[path];
    if (!found) return Boolean(optional || devOptional);
    return found.version === version && found.integrity === integrity;
  });
}

export async function install(root) {
  if (isInstalled(root)) return;
  say("Installing packages (about half a minute) …");
  const startedMs = Date.now();
  // Without NODE_ENV=production's short list: the tests and the checks are development's.
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  await must("Installing packages (npm ci)", "npm", args, { root, stdout: "stderr" });
  say(`Installed packages in ${Math.round((Date.now() - startedMs) / 1_000)} s.`);
}
