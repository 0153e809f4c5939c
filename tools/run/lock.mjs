/**
 * One launcher at a time installs and builds in a folder: two `npm ci` at once would remove what the
 * other one writes. The lock is a file with the process id of its holder; one whose holder is gone
 * counts for nothing.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "./process.mjs";

const retryMs = 200;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function tryTake(file) {
  try {
    writeFileSync(file, `${process.pid}`, { flag: "wx" });
    return undefined;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  try {
    const pid = Number(readFileSync(file, "utf8"));
    if (pid > 0 && pid !== process.pid && isAlive(pid)) return pid;
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  rmSync(file, { force: true });
  return 0;
}

/** @template T @param {string} root @param {() => Promise<T>} work @returns {Promise<T>} */
export async function whileLocked(root, work) {
  mkdirSync(join(root, ".city"), { recursive: true });
  const file = join(root, ".city", "install.lock");
  let told = false;
  for (let holder = tryTake(file); holder !== undefined; holder = tryTake(file)) {
    if (holder > 0 && !told) {
      say(`Waiting for another command that installs or builds here (process ${holder}) …`);
      told = true;
    }
    await sleep(retryMs);
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}
