/** One process of the city: started, watched until it answers, started again when it dies, stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export type ChildOptions = {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Answers 200 when the process is ready. */
  readonly readyUrl: string;
  readonly say: (line: string) => void;
};

export type Child = {
  readonly name: string;
  /** Resolves when it answers. @throws ChildError when it ends before. */
  readonly ready: () => Promise<void>;
  /** SIGTERM, and SIGKILL after `killAfterMs`; resolves when it is gone. */
  readonly stop: (killAfterMs: number) => Promise<void>;
};

export class ChildError extends Error {
  override readonly name = "ChildError";
}

const firstBackoffMs = 500;
const longestBackoffMs = 10_000;

const tail = (file: string): string =>
  readFileSync(file, "utf8").trim().split("\n").slice(-10).join("\n");

export function startChild(options: ChildOptions): Child {
  const { name, script, args, env, logFile, readyUrl, say } = options;
  let stopping = false;
  let wasReady = false;
  let backoffMs = firstBackoffMs;
  let current: ChildProcess;
  writeFileSync(logFile, "");

  function launch(): void {
    const log = openSync(logFile, "a");
    // A group of its own: Ctrl-C in the terminal reaches only the launcher, which stops all in order.
    // The IPC channel closes when the launcher dies, however it dies, and the process ends by itself.
    current = spawn(process.execPath, ["--enable-source-maps", script, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", log, log, "ipc"],
      detached: true,
    });
    current.once("exit", (code, signal) => {
      if (stopping || !wasReady) return;
      say(
        `${name} ended (${signal ?? `code ${code}`}); starting it again in ${backoffMs} ms. Log: ${logFile}`,
      );
      setTimeout(() => !stopping && launch(), backoffMs);
      backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
    });
  }
  launch();

  const isGone = () => current.exitCode !== null || current.signalCode !== null;
  return {
    name,
    async ready() {
      while (!wasReady) {
        if (isGone())
          throw new ChildError(`${name} did not start. The end of ${logFile}:\n${tail(logFile)}`);
        const response = await fetch(readyUrl).catch(() => undefined);
        await response?.body?.cancel();
        wasReady = response?.status === 200;
        if (!wasReady) await sleep(50);
      }
    },
    async stop(killAfterMs) {
      stopping = true;
      if (isGone()) return;
      const gone = new Promise((resolve) => current.once("exit", resolve));
      current.kill("SIGTERM");
      const timer = setTimeout(() => current.kill("SIGKILL"), killAfterMs);
      await gone;
      clearTimeout(timer);
    },
  };
}
