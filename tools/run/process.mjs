/**
 * Processes of the launcher: the terminal is theirs, signals are passed on to them, and how they end
 * is how the launcher ends. Nothing goes through a shell.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, join } from "node:path";

/** Ends the launcher with a sentence for the person at the terminal. */
export class LauncherError extends Error {
  /** @param {string} message @param {number} exitCode */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Standard output belongs to the command (`npm run token`): the launcher speaks on standard error. */
export const say = (text) => process.stderr.write(`${text}\n`);

const running = new Set();
let interruptedBy;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    interruptedBy ??= signal;
    for (const child of running) child.kill(signal);
    if (running.size === 0) process.exit(128 + constants.signals[signal]);
  });
}

function throwIfInterrupted(what) {
  if (!interruptedBy) return;
  throw new LauncherError(`${what} was interrupted.`, 128 + constants.signals[interruptedBy]);
}

/**
 * Does not start when the launcher was told to end: what follows an interrupted step never runs.
 * @param {string} command A program on the PATH, the project's own ones first.
 * @param {readonly string[]} args
 * @param {{ root: string, cwd?: string, env?: Record<string, string>, ipc?: boolean, stdio?: "inherit" | "ignore", stdout?: "stderr" }} options
 *   `cwd`: default `root`. `ipc`: the process notices by its channel when the launcher is gone. `stdout: "stderr"`: its
 *   output is no part of the command's.
 * @returns {Promise<number>} Its exit code; 128 + N when signal N ended it.
 */
export async function runProcess(command, args, options) {
  throwIfInterrupted("It");
  const { root, cwd = root, env = {}, ipc = false, stdio = "inherit", stdout } = options;
  const path = [join(root, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env, PATH: path },
      stdio: [stdio, stdout === "stderr" ? 2 : stdio, stdio, ...(ipc ? ["ipc"] : [])],
    });
    running.add(child);
    child.once("error", (error) => {
      running.delete(child);
      reject(new LauncherError(`Cannot run ${command}: ${error.message}`));
    });
    child.once("exit", (code, signal) => {
      running.delete(child);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** Runs one step to its end. @throws LauncherError that names the step when it failed. */
export async function must(what, command, args, options) {
  const code = await runProcess(command, args, options);
  throwIfInterrupted(what);
  if (code !== 0) throw new LauncherError(`${what} failed: see above.`, code);
}
